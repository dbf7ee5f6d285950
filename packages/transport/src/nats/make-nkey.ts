import { createUser } from '@nats-io/nkeys';

/** A new nkey of a user: the server is told the public part, the user keeps the seed. */
export function makeNkey(): { readonly publicKey: string; readonly seed: string } {
  const pair = createUser();
  return { publicKey: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
}
