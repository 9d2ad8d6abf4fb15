#include "domain/text.hpp"
#include "handlers/json_body.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

/// Whether each text in it may go to the database.
bool is_clean(const Json::Value& value) {
  if (value.isString()) return domain::is_clean_text(value.asString());
  for (auto at = value.begin(); at != value.end(); ++at) {
    if (value.isObject() && !domain::is_clean_text(at.name())) return false;
    if (!is_clean(*at)) return false;
  }
  return true;
}

}  // namespace

/// A body as strangers send it: what is taken is clean, and written again means the same.
bool json(std::string_view input) {
  const auto parsed = handlers::parse_json(input);
  if (!parsed.value) return false;
  promise(domain::is_clean_text(input), "it is text");
  promise(is_clean(*parsed.value), "so is all in it");
  const auto text = handlers::write_json(*parsed.value);
  const auto again = handlers::parse_json(text);
  promise(again.value.has_value(), "what is written is read");
  promise(handlers::write_json(*again.value) == text, "and means the same");
  return true;
}

}  // namespace postern::fuzz
