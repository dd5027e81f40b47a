# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034 # read by the scripts that source it
#
# The Debian packages that the examples are built from.
example_packages=(g++ cmake ninja-build pkg-config ccache librdkafka-dev libsimdjson-dev libfmt-dev libcurl4-openssl-dev
  zlib1g-dev libhiredis-dev libmicrohttpd-dev libcli11-dev)
