#include "domain/mail_link_text.hpp"

#include <algorithm>
#include <string>

#include "domain/ascii.hpp"
#include "domain/bytes.hpp"

namespace postern::domain {
namespace {

constexpr std::string_view kPrefix = "pml_";
constexpr std::size_t kSecret = 43;
constexpr std::size_t kChecksum = 6;

}  // namespace

Secret make_mail_link_text(Random& random) {
  std::string text(kPrefix);
  text += random_base62(random, kSecret);
  text += checksum6(text);
  return Secret(std::move(text));
}

bool is_mail_link_text(std::string_view text) {
  if (text.size() != kPrefix.size() + kSecret + kChecksum || !text.starts_with(kPrefix))
    return false;
  const auto secret = text.substr(kPrefix.size(), kSecret);
  const auto checked = text.substr(0, text.size() - kChecksum);
  return std::all_of(secret.begin(), secret.end(), is_alphanumeric) &&
         checksum6(checked) == text.substr(checked.size());
}

}  // namespace postern::domain
