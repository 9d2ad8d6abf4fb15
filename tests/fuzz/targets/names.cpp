#include <algorithm>
#include <string>

#include "domain/text.hpp"
#include "fcgi/percent.hpp"
#include "fcgi/utf8.hpp"
#include "handlers/oauth/pages.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return fcgi::is_control(static_cast<unsigned char>(c)); });
}

}  // namespace

/// Names of accounts, clients and keys. Folding is done once; what is shown is one line of text.
bool names(std::string_view input) {
  const auto folded = domain::fold(input);
  promise(domain::fold(folded) == folded, "what is folded is folded");
  promise(domain::is_clean_text(input) ==
              (fcgi::is_utf8(input) && input.find('\0') == std::string_view::npos),
          "both readers of UTF-8 agree");
  const auto shown = handlers::oauth::shown_name(input);
  promise(domain::is_clean_text(shown) && domain::code_points(shown) <= 80 && !has_control(shown),
          "what is shown is one line");
  promise(handlers::oauth::shown_name(shown) == shown, "and shown again the same");
  const bool is_username = domain::check_username(input).ok();
  promise(!is_username || domain::check_username(folded).ok(), "a username folds to one");
  const bool is_email = domain::check_email(input).ok();
  promise(!is_email || domain::check_email(folded).ok(), "so does an address");
  promise(!is_email || !has_control(input), "which is one line");
  const bool is_label = domain::check_label("name", input, 100).ok();
  promise(!is_label || (!has_control(input) && domain::code_points(input) <= 100), "as a label is");
  return is_username || is_email;
}

}  // namespace postern::fuzz
