#include "handlers/oauth/parameters.hpp"

#include <string>

#include "domain/text.hpp"
#include "fcgi/uri.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {

/// A form, as queries and bodies have it: clean text, each name once, and read again the same.
bool parameters(std::string_view input) {
  using handlers::oauth::Parameters;
  const auto read = Parameters::of_text(input);
  if (!read) {
    promise(read.error().field.size() < 40 && !read.error().reason.empty(), "a refusal says why");
    return false;
  }
  const auto fields = fcgi::parse_form(input);
  promise(fields.has_value(), "both readers agree");
  for (const auto& [name, value] : *fields) {
    promise(domain::is_clean_text(name) && domain::is_clean_text(value), "all is clean text");
    if (value.empty() || name == "resource") continue;
    promise(read->get(name) == value, "no value is lost, and none comes twice");
  }
  const auto text = read->text();
  const auto again = Parameters::of_text(text);
  promise(again && again->text() == text, "what is written is read as the same");
  promise(again->resources() == read->resources(), "with all resources");
  return true;
}

}  // namespace postern::fuzz
