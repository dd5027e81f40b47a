// SPDX-License-Identifier: Apache-2.0
// Settings of the sanitizers, linked into each program that is built with them, so that a program started by hand is
// judged as CTest judges it. The sanitizers' run times look for these functions by name.

extern "C" char const* __asan_default_options() {
    return "detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1";
}

extern "C" char const* __ubsan_default_options() { return "print_stacktrace=1"; }

extern "C" char const* __tsan_default_options() { return "second_deadlock_stack=1"; }

// Third parties come without the sanitizer's notes: what they synchronise inside themselves looks like a race from here.
extern "C" char const* __tsan_default_suppressions() {
    return "called_from_lib:librdkafka.so\n"
           "called_from_lib:libcurl.so\n"
           "race:librdkafka.so\n"
           "mutex:librdkafka.so\n";
}
