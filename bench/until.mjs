/** Asks every now and then until the answer is true; throws after a minute. A question that fails is asked again. */
export async function until(what, question) {
  const end = performance.now() + 60_000;
  while (!(await question().catch(() => false))) {
    if (performance.now() > end) throw new Error(`${what} took too long`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
