#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/account.hpp"
#include "domain/random.hpp"

namespace postern::handlers::kitsu {

/// In the original a person may lack the name to log in with, desktop_login; an account never lacks
/// its username. Who gives none is called by his address or, where that cannot stand as a username
/// or there is none, `bot.` or `person.` and 12 hexadecimal digits; on the wire he has none then.
[[nodiscard]] std::string username_without_login(const std::optional<std::string>& email,
                                                 bool is_bot, domain::Random& random);

/// Whether the username is the address, and goes with it.
[[nodiscard]] bool is_called_by_address(const domain::Account& account);

/// As the wire has it: "" for one of the above.
[[nodiscard]] std::string desktop_login(const domain::Account& account);

}  // namespace postern::handlers::kitsu
