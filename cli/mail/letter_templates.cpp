#include "cli/mail/letter_templates.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <kainjow/mustache.hpp>

#include "cli/mail/built_in_templates.hpp"
#include "domain/text.hpp"

namespace postern::cli {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::uintmax_t kLargestTemplate = 64 * 1024;
constexpr std::size_t kLongestSubject = 150;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (file.bad()) throw TemplateError(path.string() + ": cannot be read");
  return text;
}

void check(const std::string& place, const std::string& text) {
  mustache::mustache tmpl(text);
  if (!tmpl.is_valid()) throw TemplateError(place + ": " + tmpl.error_message());
  if (!domain::is_clean_text(text)) throw TemplateError(place + ": is not UTF-8");
}

/// The site's own text; none where it has no such file.
std::string own_text(const std::filesystem::path& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  if (error) throw TemplateError(path.string() + ": " + error.message());
  if (bytes > kLargestTemplate) throw TemplateError(path.string() + ": is too large");
  std::string text = read(path);
  check(path.string(), text);
  return text;
}

mustache::data data_of(const LetterValues& values) {
  mustache::data data{mustache::data::type::object};
  for (const auto& [name, value] : values) {
    if (!value.empty()) data.set(name, value);
  }
  return data;
}

std::string filled_in(const std::string& text, const LetterValues& values, bool html) {
  mustache::mustache tmpl(text);
  if (!html) tmpl.set_custom_escape([](const std::string& value) { return value; });
  return tmpl.render(data_of(values));
}

/// At most one empty line at a time: sections that say nothing leave theirs behind.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != '\n' || !out.ends_with("\n\n")) out += c;
  }
  return out;
}

/// One line: what a value brought along cannot begin another header.
std::string one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!space) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (line.ends_with(' ')) line.pop_back();
  return domain::printable_excerpt(line, kLongestSubject);
}

}  // namespace

LetterTemplates::LetterTemplates(const std::string& directory) {
  for (const auto& built_in : built_in_templates()) texts_.emplace(built_in.name, built_in.text);
  if (directory.empty()) return;
  if (!std::filesystem::is_directory(directory))
    throw TemplateError(directory + ": is no directory");
  for (auto& [name, text] : texts_) {
    const auto path = std::filesystem::path(directory) / name;
    if (std::filesystem::exists(path)) text = own_text(path);
  }
}

LetterText LetterTemplates::render(std::string_view name, const LetterValues& values) const {
  const auto text_of = [&](const std::string& file) -> const std::string& {
    return texts_.at(file);
  };
  const std::string base(name);
  LetterText letter;
  letter.subject = one_line(filled_in(text_of(base + ".subject.txt"), values, false));
  LetterValues within = values;
  within["subject"] = letter.subject;
  const auto lay_out = [&](const std::string& suffix, bool html) {
    within["body"] = filled_in(text_of(base + suffix), values, html);
    return filled_in(text_of("layout" + suffix), within, html);
  };
  letter.text = squeezed(lay_out(".txt", false));
  letter.html = lay_out(".html", true);
  return letter;
}

}  // namespace postern::cli
