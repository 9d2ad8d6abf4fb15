#include "handlers/oauth/page_template.hpp"

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <stdexcept>

#include "handlers/oauth/page_files.hpp"

namespace postern::handlers::oauth {
namespace {

namespace mustache = kainjow::mustache;

mustache::data data_of(const PageValues& values) {
  mustache::data data{mustache::data::type::object};
  for (const auto& [name, text] : values.texts) {
    if (!text.empty()) data.set(name, text);
  }
  for (const auto& [name, items] : values.lists) {
    mustache::data list{mustache::data::type::list};
    for (const auto& item : items) list.push_back(data_of(item));
    data.set(name, list);
  }
  return data;
}

/// What pages have in common, for `{{> _name}}` in a line of its own, which ends the part's last.
void add_parts(mustache::data& data) {
  for (const auto& file : page_files()) {
    if (!file.name.starts_with('_')) continue;
    const auto name = file.name.substr(0, file.name.find('.'));
    const auto text = file.text.substr(0, file.text.find_last_not_of('\n') + 1);
    data.set(std::string(name), mustache::partial{[text] { return std::string(text); }});
  }
}

std::string filled_in(std::string_view file, const mustache::data& data) {
  mustache::mustache tmpl{std::string(page_file(file))};
  return tmpl.render(data);
}

}  // namespace

std::string_view page_file(std::string_view name) {
  const auto files = page_files();
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const PageFile& file) { return file.name == name; });
  if (found == files.end()) throw std::out_of_range("no such page");
  return found->text;
}

std::string fill_in_page(std::string_view name, const PageValues& values) {
  auto data = data_of(values);
  add_parts(data);
  data.set("body", filled_in(std::string(name) + ".html", data));
  return filled_in("layout.html", data);
}

}  // namespace postern::handlers::oauth
