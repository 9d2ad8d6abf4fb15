#include "handlers/oauth/basic_credentials.hpp"

#include <algorithm>
#include <string>

#include "domain/bytes.hpp"
#include "domain/text.hpp"
#include "fcgi/percent.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

using handlers::oauth::BasicCredentials;

std::string header_of(std::string_view text) {
  auto base64 = domain::base64url_encode(domain::as_bytes(text));
  std::replace(base64.begin(), base64.end(), '-', '+');
  std::replace(base64.begin(), base64.end(), '_', '/');
  base64.append((4 - base64.size() % 4) % 4, '=');
  return "Basic " + base64;
}

bool check(std::string_view header) {
  const auto read = BasicCredentials::parse(header);
  if (!read) return false;
  promise(!read->client_id.empty() && domain::is_clean_text(read->client_id) &&
              domain::is_clean_text(read->secret.reveal()),
          "both are clean text, and the first is there");
  const auto again = BasicCredentials::parse(header_of(
      fcgi::percent_encode(read->client_id) + ":" + fcgi::percent_encode(read->secret.reveal())));
  promise(again && again->client_id == read->client_id &&
              again->secret.reveal() == read->secret.reveal(),
          "written again it is read as the same");
  return true;
}

}  // namespace

/// The header as it is, and one of the input as id and secret.
bool basic_credentials(std::string_view input) {
  check(header_of(input));
  return check(input);
}

}  // namespace postern::fuzz
