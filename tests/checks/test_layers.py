# SPDX-License-Identifier: Apache-2.0
import unittest

from small_tree import LICENCE, SmallTreeTest, header


class Layers(SmallTreeTest):
    def test_good_tree(self):
        self.accepts("layers")

    def test_later_room(self):
        self.write("include/weir/base/arena.hpp", header("weir/window/session.hpp"))
        self.refuses("layers", "include/weir/base/arena.hpp: includes <weir/window/session.hpp>: window/ comes after base/")

    def test_adapter_in_core(self):
        self.write("include/weir/window/session.hpp", header("weir/adapter/kafka.hpp"))
        self.refuses("layers", "include/weir/window/session.hpp: includes <weir/adapter/kafka.hpp>: adapter/ comes after window/")

    def test_adapter_in_umbrella(self):
        self.write("include/weir.hpp", header("weir/adapter/kafka.hpp"))
        self.refuses("layers", "include/weir.hpp: includes an adapter: <weir.hpp> is the core alone")

    def test_third_party_in_core(self):
        self.write("include/weir/base/arena.hpp", header("fmt/core.h"))
        self.write("include/weir.hpp", header("unistd.h"))
        self.refuses("layers", "include/weir/base/arena.hpp: includes <fmt/core.h>: the core includes the standard library only",
                     "include/weir.hpp: includes <unistd.h>: the core includes the standard library only")

    def test_foreign_third_party_in_adapter(self):
        self.write("include/weir/adapter/kafka.hpp", header("curl/curl.h"))
        self.refuses("layers", "include/weir/adapter/kafka.hpp: includes <curl/curl.h>, which is not of the third party of 'kafka'")

    def test_adapter_on_a_stranger(self):
        self.write("include/weir/adapter/clickhouse.hpp", header("weir/adapter/kafka.hpp"))
        self.refuses("layers", "include/weir/adapter/clickhouse.hpp: includes <weir/adapter/kafka.hpp>, "
                     "but the component 'clickhouse' does not stand on it")

    def test_quotes(self):
        self.write("include/weir/base/arena.hpp", LICENCE + '#pragma once\n#  include "error.hpp"\n')
        self.refuses("layers", 'include/weir/base/arena.hpp: includes "error.hpp": write <error.hpp>, from the root of include/')

    def test_umbrella_inside(self):
        self.write("include/weir/window/session.hpp", header("weir.hpp"))
        self.refuses("layers", "include/weir/window/session.hpp: includes the umbrella <weir.hpp>: include what is used")

    def test_beneath_all(self):
        self.write("include/weir/version.hpp", header("string_view", "weir/base/arena.hpp"))
        self.refuses("layers", "include/weir/version.hpp: includes <weir/base/arena.hpp>, but stands beneath all rooms")

    def test_unknown_rooms(self):
        self.write("include/weir/utilities/text.hpp", header())
        self.write("include/weir/window/session.hpp", header("weir/utilities/text.hpp"))
        complaints = self.complaints("layers")
        self.assertEqual(len(complaints), 2)
        self.assertIn("there is no room 'utilities'", complaints[0])
        self.assertIn("includes <weir/utilities/text.hpp>, which is in no room", complaints[1])


if __name__ == "__main__":
    unittest.main()
