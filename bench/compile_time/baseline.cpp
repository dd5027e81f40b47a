// SPDX-License-Identifier: Apache-2.0
// What a program that uses time, text and lists includes anyway.

#include <chrono>
#include <string>
#include <vector>

int main() {}
