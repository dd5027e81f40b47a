// SPDX-License-Identifier: Apache-2.0
// The whole idea: an own source, an own operator and an own sink, three lines each, joined by `|`. They are plain structs;
// the stages that come with weir are made in the same way.
#include <weir.hpp>

#include <cstdio>

struct thermometer {                                             // source: emits what is ready, and never waits
    using output = double;
    double degrees = 18.0;
    weir::poll_result poll(auto& out) {
        out.emit(degrees += 0.5);
        return degrees < 22.0 ? weir::poll_result::ready : weir::poll_result::end;
    }
};

struct whole_degrees {                                           // operator: its state is its data members
    using output = int;
    int last = 0;
    void on_item(double const& degrees, auto& out) {
        if (int const whole = static_cast<int>(degrees); whole != last) out.emit(last = whole);
    }
};

struct display {                                                 // sink: has no out
    void on_item(int const& degrees) { std::printf("%d degrees\n", degrees); }
};

int main() {
    auto job = weir::from(thermometer()) | whole_degrees() | display();
    weir::report const report = weir::run(job);
    std::printf("\n%s", to_string(report).c_str());
    return report.exit_code();
}
