// SPDX-License-Identifier: Apache-2.0

#include <weir.hpp>

int main() {}
