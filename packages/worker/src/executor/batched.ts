/** Collects what is said in one turn of the event loop and sends it as one list. */
export function batched<T>(send: (list: T[]) => void): (message: T) => void {
  let list: T[] = [];
  return (message) => {
    list.push(message);
    if (list.length > 1) return;
    setImmediate(() => {
      const all = list;
      list = [];
      send(all);
    });
  };
}
