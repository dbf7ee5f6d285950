import { OodError, quote } from '@oodgrid/contract';
import {
  type CreateTokenRequest,
  type CreateTokenResponse,
  type RevokeTokenRequest,
  TokenServiceService,
  type TokenSummary,
} from '@oodgrid/contract/wire';
import { type GrpcService, ROLES, unary } from '@oodgrid/transport';
import type { KnownToken, TokenStore } from './token-store.js';

/** The gRPC service of administrators. */
export function tokenService(tokens: TokenStore): GrpcService {
  return {
    definition: TokenServiceService,
    implementation: {
      createToken: unary(
        async ({ role: named, name, days }: CreateTokenRequest, by): Promise<CreateTokenResponse> => {
          const role = ROLES.find((known) => known === named);
          if (role === undefined)
            throw new OodError('invalid-input', `unknown role ${quote(named)}: one of ${ROLES.join(', ')}`);
          const { text, token } = tokens.create({ role, name, days, by });
          return { token: text, summary: summaryOf(token) };
        },
      ),
      listTokens: unary(async () => ({ tokens: tokens.all.map(summaryOf) })),
      revokeToken: unary(async ({ id }: RevokeTokenRequest, by) => ({
        summary: summaryOf(tokens.revoke(id, by)),
      })),
    },
  };
}

const summaryOf = ({ createdBy, revokedAt, ...token }: KnownToken): TokenSummary => ({
  ...token,
  createdBy: createdBy ?? '',
  revokedAt: revokedAt ?? '',
});
