#pragma once

#include <string>
#include <vector>

#include "handlers/route.hpp"

namespace postern::handlers::kitsu {

/// All persons, each as JSON, oldest first: whole for administrators, as everybody may know them
/// for others. No list is without an end (rule R9): the first 10,000 of them.
[[nodiscard]] domain::Result<std::vector<std::string>> all_persons(Services& services,
                                                                   bool for_admin);

}  // namespace postern::handlers::kitsu
