# syntax=docker/dockerfile:1
# An image with nothing but Rollcall and its shared libraries: no shell, no package manager.
#
#   docker build --tag rollcall .
#   docker run --publish 127.0.0.1:3000:3000 --volume rollcall:/data \
#       --env ROLLCALL_PUBLIC_URL=https://people.mycompany.com rollcall

FROM node:22-bookworm-slim AS node

# The version in rust-toolchain.toml, on the Debian release of the final stage.
FROM rust:1.95.0-slim-bookworm AS build
# The versions of this Debian release.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make perl pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /rollcall
COPY . .
# The commit that `rollcall --version` prints.
ARG ROLLCALL_COMMIT
ARG TARGETARCH
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/root/.cache/rollcall \
    --mount=type=cache,target=/rollcall/target \
    make build && install -D target/release/rollcall "/out/$TARGETARCH/rollcall" && mkdir /out/data

# Debian's libc, libgcc and CA certificates; its user nonroot is 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
ARG TARGETARCH
LABEL org.opencontainers.image.title="Rollcall" \
      org.opencontainers.image.description="A user directory that a team hosts itself" \
      org.opencontainers.image.documentation="docs/administration/README.md" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /out/$TARGETARCH/rollcall /usr/local/bin/rollcall
COPY --from=build --chown=65532:65532 /out/data /data
ENV ROLLCALL_LISTEN=0.0.0.0:3000 \
    DATABASE_URL=sqlite:///data/rollcall.db \
    ROLLCALL_LOG_FORMAT=json
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s \
    CMD ["/usr/local/bin/rollcall", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/rollcall"]
