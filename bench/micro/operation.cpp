#include "bench/micro/operation.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace postern::bench {
namespace {

/// Made at its first use, since constants of other files ask for it.
std::vector<Operation>& registered() {
  static std::vector<Operation> all;
  return all;
}

}  // namespace

Registered::Registered(Operation operation) {
  registered().push_back(operation);
}

std::vector<Operation> operations() {
  auto all = registered();
  std::sort(all.begin(), all.end(),
            [](const Operation& a, const Operation& b) { return a.name < b.name; });
  return all;
}

const Operation* find_operation(std::string_view name) {
  const auto& all = registered();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [name](const Operation& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

void must(bool holds, std::string_view what) {
  if (!holds) throw std::logic_error("what is measured is not so: " + std::string(what));
}

}  // namespace postern::bench
