#pragma once

#include <functional>
#include <string>

#include "domain/database.hpp"

namespace postern::test {

/// Lets the database fail at the n-th point it is asked at, n = 1, 2, 3 …, until nothing is left to
/// fail (rule R7). `act` says whether it was done; `check` looks at what is there after each of
/// them, and is told where it failed. How often it was tried.
int fail_at_each_point(domain::Database& database, const std::function<bool()>& act,
                       const std::function<void(const std::string& at)>& check);

}  // namespace postern::test
