#include "cli/config_keys_sso.hpp"

#include <algorithm>

#include "handlers/sso/address.hpp"

namespace postern::cli {
namespace {

constexpr std::size_t kMostUrls = 32;

std::vector<std::string> urls_of(std::string_view text) {
  std::vector<std::string> urls;
  for (std::size_t start = 0; start < text.size();) {
    const auto space = std::min(text.find(' ', start), text.size());
    urls.emplace_back(text.substr(start, space - start));
    start = space + 1;
  }
  return urls;
}

/// With a path at least: below "https://site.example" would be https://site.example.evil.test.
bool is_return_url(const std::string& url) {
  const auto address = handlers::sso::parse_address(url);
  return address && address->rest.starts_with('/') && handlers::sso::is_safe_address(url);
}

bool is_return_urls(std::string_view text) {
  const auto urls = urls_of(text);
  return !text.ends_with(' ') && urls.size() <= kMostUrls &&
         std::all_of(urls.begin(), urls.end(), is_return_url);
}

}  // namespace

void add_sso_keys(KeyTable& t) {
  t.words(
      "sso.return_urls", "", is_return_urls,
      "https addresses (http:// for this machine alone) with a path, one space between; or \"\" "
      "for none",
      [](Config& c, const Value& v) { c.handlers.sso.return_urls = urls_of(text(v)); });
  t.number("sso.sign_ins_per_minute", 20, 0, 1000,
           [](Config& c, const Value& v) { c.handlers.sso.sign_ins_per_minute = count(v); });
}

}  // namespace postern::cli
