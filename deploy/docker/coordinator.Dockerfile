# The coordinator, and clients: every command of ood-cli but those that compute. Built from the root of a checkout:
#
#   docker build -f deploy/docker/coordinator.Dockerfile --build-arg NODE_DIGEST=sha256:... -t ood-grid-coordinator:0.1.0 .
#
# NODE_DIGEST is the digest of node:20.20.2-bookworm that you have checked; there is no default, so that nobody builds on a tag that has moved.
ARG NODE_VERSION=20.20.2
ARG NODE_DIGEST

FROM node:${NODE_VERSION}-bookworm@${NODE_DIGEST} AS build
WORKDIR /src
COPY . .
RUN npx --yes pnpm@10.34.8 install --frozen-lockfile --ignore-scripts \
  && node node_modules/typescript/bin/tsc -b \
  && node packages/cli/bin/make-manifest.js \
  && node scripts/image/make.mjs coordinator /image

# No shell, no package manager: Node, the libraries that it is linked with, and the product.
FROM scratch
COPY --from=build /image /
ENV NODE_ENV=production \
  OODGRID_CACHE=/var/cache/ood-grid
WORKDIR /var/lib/ood-grid
USER 65532:65532
EXPOSE 7433
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/node", "/opt/ood-grid/packages/cli/bin/run.js"]
CMD ["serve", "--help"]
