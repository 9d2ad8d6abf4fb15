#include "handlers/kitsu/login_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "domain/bytes.hpp"
#include "domain/text.hpp"

namespace postern::handlers::kitsu {
namespace {

constexpr std::string_view kBot = "bot.";
constexpr std::string_view kPerson = "person.";
constexpr std::size_t kDigits = 12;

bool is_made_up(std::string_view username, std::string_view start) {
  if (!username.starts_with(start) || username.size() != start.size() + kDigits) return false;
  return std::all_of(username.begin() + static_cast<std::ptrdiff_t>(start.size()), username.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string username_without_login(const std::optional<std::string>& email, bool is_bot,
                                   domain::Random& random) {
  if (email && domain::check_username(*email)) return *email;
  std::array<std::uint8_t, kDigits / 2> chance{};
  random.fill(chance);
  return std::string(is_bot ? kBot : kPerson) + domain::hex_encode(chance);
}

bool is_called_by_address(const domain::Account& account) {
  return account.email && domain::fold(*account.email) == domain::fold(account.username);
}

std::string desktop_login(const domain::Account& account) {
  const auto& username = account.username;
  if (is_called_by_address(account)) return {};
  if (is_made_up(username, kBot) || is_made_up(username, kPerson)) return {};
  return username;
}

}  // namespace postern::handlers::kitsu
