#include "fcgi/param_rules.hpp"

#include <algorithm>
#include <array>

#include "fcgi/percent.hpp"

namespace postern::fcgi {
namespace {

char folded(char c) {
  if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
  return c == '-' ? '_' : c;
}

constexpr std::array<std::string_view, 14> kLists = {"HTTP_ACCEPT",
                                                     "HTTP_ACCEPT_CHARSET",
                                                     "HTTP_ACCEPT_ENCODING",
                                                     "HTTP_ACCEPT_LANGUAGE",
                                                     "HTTP_CACHE_CONTROL",
                                                     "HTTP_CONNECTION",
                                                     "HTTP_FORWARDED",
                                                     "HTTP_IF_MATCH",
                                                     "HTTP_IF_NONE_MATCH",
                                                     "HTTP_PRAGMA",
                                                     "HTTP_TE",
                                                     "HTTP_TRAILER",
                                                     "HTTP_VIA",
                                                     "HTTP_X_FORWARDED_FOR"};

}  // namespace

bool is_sound_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return c > ' ' && c < 0x7F && c != '='; });
}

bool is_sound_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return c != '\t' && is_control(static_cast<unsigned char>(c));
  });
}

bool same_param(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return folded(a) == folded(b); });
}

bool may_repeat(std::string_view name) {
  return std::find(kLists.begin(), kLists.end(), name) != kLists.end();
}

std::string header_name(std::string_view param_name) {
  std::string name(param_name.substr(5));
  for (char& c : name) {
    if (c == '_') c = '-';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

bool is_header_param(std::string_view name) {
  return name.size() > 5 && same_param(name.substr(0, 5), "HTTP_") &&
         !same_param(name, "HTTP_PROXY");
}

}  // namespace postern::fcgi
