# A worker with TensorFlow for CPUs. Built from the root of a checkout:
#
#   docker build -f deploy/docker/worker.Dockerfile --build-arg NODE_DIGEST=sha256:... -t ood-grid-worker:0.1.0 .
#
# NODE_DIGEST is the digest of node:20.20.2-bookworm that you have checked; there is no default, so that nobody builds on a tag that has moved.
ARG NODE_VERSION=20.20.2
ARG NODE_DIGEST

FROM node:${NODE_VERSION}-bookworm@${NODE_DIGEST} AS build
# The set-up fetches TensorFlow's wheel by pip and checks its hash.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends python3-pip \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN node scripts/setup.mjs \
  && node scripts/image/make.mjs worker /image

# No shell, no package manager: Node, TensorFlow, the libraries that they are linked with, and the product.
FROM scratch
COPY --from=build /image /
ENV NODE_ENV=production \
  OODGRID_CACHE=/var/cache/ood-grid \
  OODGRID_ENGINES=/opt/ood-grid/engine
WORKDIR /var/cache/ood-grid
USER 65532:65532
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/node", "/opt/ood-grid/packages/cli/bin/run.js"]
CMD ["worker", "--help"]
