import { Flags } from '@oclif/core';
import { OodError } from '@oodgrid/contract';
import { type KnownToken, TokenStore, tokensPath } from '@oodgrid/coordinator';
import type { Role } from '@oodgrid/transport';
import { type TokenEntry, tokenEntry } from '../output/token-report.js';
import type { ClusterClient } from './cluster-client.js';
import { ClusterCommand } from './cluster-command.js';
import type { ConnectionFlags } from './connection-flags.js';

interface NewToken {
  readonly role: Role;
  readonly name: string;
  readonly days: number;
}

/** Operations on tokens, whether they are kept by a coordinator or in a local store. */
interface Tokens {
  create(token: NewToken): Promise<{ readonly text: string; readonly summary: TokenEntry }>;
  list(): Promise<readonly TokenEntry[]>;
  revoke(id: string): Promise<TokenEntry>;
}

/** Parent of the commands about tokens: they ask a coordinator, or work on its store on its own machine. */
export abstract class TokenCommand extends ClusterCommand {
  static override baseFlags = {
    ...ClusterCommand.baseFlags,
    store: Flags.string({
      description: "folder of the coordinator's store, on its own machine: no coordinator is asked",
    }),
  };

  protected withTokens<T>(
    flags: ConnectionFlags & { readonly coordinator: string; readonly store?: string | undefined },
    work: (tokens: Tokens) => Promise<T>,
  ): Promise<T> {
    if (flags.store === undefined) return this.ask(flags, (client) => work(remoteTokens(client)));
    return work(storedTokens(flags.store, (line) => this.logToStderr(line)));
  }
}

function storedTokens(store: string, log: (line: string) => void): Tokens {
  const tokens = new TokenStore(tokensPath(store), () => new Date(), log);
  const entry = (token: KnownToken) => tokenEntry({ ...token, now: new Date() });
  return {
    create: async (wanted) => {
      const { text, token } = tokens.create({ ...wanted, by: null });
      return { text, summary: entry(token) };
    },
    list: async () => tokens.all.map(entry),
    revoke: async (id) => entry(tokens.revoke(id, null)),
  };
}

function remoteTokens(client: ClusterClient): Tokens {
  const now = new Date();
  return {
    create: async (wanted) => {
      const { token: text, summary } = await client.createToken(wanted);
      if (summary === undefined) throw new OodError('internal', 'the coordinator gave no summary');
      return { text, summary: tokenEntry({ ...summary, now }) };
    },
    list: async () => (await client.tokens()).map((token) => tokenEntry({ ...token, now })),
    revoke: async (id) => tokenEntry({ ...(await client.revokeToken(id)), now }),
  };
}
