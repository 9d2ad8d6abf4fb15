#include <string>

#include "handlers/oauth/page_files.hpp"
#include "handlers/oauth/page_template.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

using handlers::oauth::PageValues;

constexpr std::string_view kMark = "3f9a1c";

/// As HTML's own syntax has it, for texts and for attributes in double quotes.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// All that the template names, each with the same text; its lists hold one more of the kind.
PageValues values_of(std::string_view file, const std::string& text) {
  PageValues values;
  for (auto at = file.find("{{"); at != std::string_view::npos; at = file.find("{{", at + 2)) {
    auto name = file.substr(at + 2, file.find('}', at) - at - 2);
    if (name.empty() || name.front() == '{') continue;
    if (std::string_view("#/^").find(name.front()) != std::string_view::npos) {
      name.remove_prefix(1);
    }
    values.texts[std::string(name)] = text;
  }
  PageValues item = values;
  for (const auto* list : {"fields", "providers", "resources", "scopes"}) {
    if (values.texts.erase(list) > 0) values.lists[list] = {item};
  }
  return values;
}

std::string filled_in(std::string_view page, std::string_view file, std::string_view text) {
  auto values = values_of(file, std::string(text));
  for (const auto* name : {"title", "site", "base"}) values.texts[name] = text;
  return handlers::oauth::fill_in_page(page, values);
}

std::string with_mark_replaced(std::string text, std::string_view by) {
  for (auto at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + by.size())) {
    text.replace(at, kMark.size(), by);
  }
  return text;
}

}  // namespace

/// A text in each place of each page: all of it stands there escaped, and nothing else changes.
bool page(std::string_view input) {
  if (input.empty()) return false;
  for (const auto& file : handlers::oauth::page_files()) {
    const auto page = file.name.substr(0, file.name.find('.'));
    if (!file.name.ends_with(".html") || page == "layout") continue;
    const auto expected = with_mark_replaced(filled_in(page, file.text, kMark), escaped(input));
    promise(filled_in(page, file.text, input) == expected, "every value is escaped");
  }
  return true;
}

}  // namespace postern::fuzz
