#include "handlers/kitsu/profile_fields.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "domain/ascii.hpp"
#include "domain/date.hpp"
#include "domain/text.hpp"
#include "domain/uuid.hpp"
#include "handlers/json_body.hpp"

namespace postern::handlers::kitsu {
namespace {

using Form = ProfileField::Form;

constexpr std::int64_t kLargestInteger = 2'147'483'647;
constexpr std::string_view kMarks = "_+-/.";
constexpr bool kOwn = true;
constexpr bool kForAdmins = false;

// clang-format off
constexpr std::array kFields{
  ProfileField{"first_name",          Form::Text,   80,  R"("")",           kOwn},
  ProfileField{"last_name",           Form::Text,   80,  R"("")",           kOwn},
  ProfileField{"phone",               Form::Text,   30,  "null",            kOwn},
  ProfileField{"country",             Form::Text,   50,  "null",            kOwn},
  ProfileField{"timezone",            Form::Word,   50,  R"("")",           kOwn},
  ProfileField{"locale",              Form::Word,   20,  R"("")",           kOwn},
  ProfileField{"use_12_hour_clock",   Form::Flag,   0,   "false",           kOwn},
  ProfileField{"display_date_format", Form::Text,   20,  R"("YYYY-MM-DD")", kOwn},
  ProfileField{"data",                Form::Object, 3072, "null",           kOwn},

  ProfileField{"notifications_enabled",            Form::Flag, 0,  "false", kOwn},
  ProfileField{"notifications_slack_enabled",      Form::Flag, 0,  "false", kOwn},
  ProfileField{"notifications_slack_userid",       Form::Text, 60, R"("")", kOwn},
  ProfileField{"notifications_mattermost_enabled", Form::Flag, 0,  "false", kOwn},
  ProfileField{"notifications_mattermost_userid",  Form::Text, 60, R"("")", kOwn},
  ProfileField{"notifications_discord_enabled",    Form::Flag, 0,  "false", kOwn},
  ProfileField{"notifications_discord_userid",     Form::Text, 60, R"("")", kOwn},

  ProfileField{"contract_type",          Form::Text,   50,              R"("open-ended")", kForAdmins},
  ProfileField{"position",               Form::Text,   50,              R"("artist")",     kForAdmins},
  ProfileField{"seniority",              Form::Text,   50,              R"("mid")",        kForAdmins},
  ProfileField{"daily_salary",           Form::Number, kLargestInteger, "0",               kForAdmins},
  ProfileField{"departments",            Form::Ids,    100,             "[]",              kForAdmins},
  ProfileField{"studio_id",              Form::Id,     0,               "null",            kForAdmins},
  ProfileField{"shotgun_id",             Form::Number, kLargestInteger, "null",            kForAdmins},
  ProfileField{"archived",               Form::Flag,   0,               "false",           kForAdmins},
  ProfileField{"is_guest",               Form::Flag,   0,               "false",           kForAdmins},
  ProfileField{"last_presence",          Form::Date,   0,               "null",            kForAdmins},
  ProfileField{"is_generated_from_ldap", Form::Flag,   0,               "false",           kForAdmins},
  ProfileField{"ldap_uid",               Form::Text,   60,              "null",            kForAdmins},
};
// clang-format on

bool is_word(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return domain::is_alphanumeric(c) || kMarks.find(c) != std::string_view::npos;
  });
}

bool fits(const ProfileField& field, const std::string& text) {
  const auto most = static_cast<std::size_t>(field.most);
  switch (field.form) {
    case Form::Word:
      return !text.empty() && text.size() <= most && is_word(text);
    case Form::Date:
      return domain::parse_date(text).has_value();
    case Form::Id:
      return domain::Uuid::parse(text).has_value();
    default:
      return text.empty() || domain::check_label(field.name, text, most).ok();
  }
}

std::string_view wanted(Form form) {
  switch (form) {
    case Form::Date:
      return "Input should be a valid date";
    case Form::Id:
      return "Input should be a valid UUID";
    default:
      return "Input is too long, or has characters that do not belong there";
  }
}

Json::Value read_text(Reader& body, const ProfileField& field) {
  const auto text = body.text(field.name);
  if (!text) return {};
  if (!fits(field, *text)) body.refuse(field.name, wanted(field.form));
  return *text;
}

Json::Value read_number(Reader& body, const ProfileField& field) {
  const auto number = body.number(field.name);
  if (!number) return {};
  if (*number < 0 || *number > field.most)
    body.refuse(field.name, "Input should be an integer from 0 to " + std::to_string(field.most));
  return static_cast<Json::Int64>(*number);
}

/// In the order in which they came.
Json::Value read_ids(Reader& body, const ProfileField& field) {
  const auto ids = body.texts(field.name);
  if (!ids) return {};
  Json::Value kept(Json::arrayValue);
  std::vector<domain::Uuid> seen;
  for (const auto& text : *ids) {
    const auto id = domain::Uuid::parse(text);
    if (!id) {
      body.refuse(field.name, wanted(Form::Id));
      return {};
    }
    if (std::find(seen.begin(), seen.end(), *id) != seen.end()) continue;
    seen.push_back(*id);
    kept.append(id->text());
  }
  if (seen.size() > static_cast<std::size_t>(field.most))
    body.refuse(field.name, "List should have at most " + std::to_string(field.most) + " items");
  return kept;
}

Json::Value read_object(Reader& body, const ProfileField& field) {
  auto object = body.object(field.name);
  if (!object.isNull() && write_json(object).size() > static_cast<std::size_t>(field.most)) {
    body.refuse(field.name,
                "Input should have at most " + std::to_string(field.most) + " bytes as JSON");
  }
  return object;
}

Json::Value read_field(Reader& body, const ProfileField& field) {
  switch (field.form) {
    case Form::Flag: {
      const auto flag = body.boolean(field.name);
      return flag ? Json::Value(*flag) : Json::Value();
    }
    case Form::Number:
      return read_number(body, field);
    case Form::Ids:
      return read_ids(body, field);
    case Form::Object:
      return read_object(body, field);
    case Form::Text:
    case Form::Word:
    case Form::Date:
    case Form::Id:
      break;
  }
  return read_text(body, field);
}

}  // namespace

std::span<const ProfileField> profile_fields() {
  return kFields;
}

Json::Value read_profile_fields(Reader& body, bool all) {
  Json::Value fields(Json::objectValue);
  for (const auto& field : kFields) {
    if (!field.own && !all) continue;
    auto value = read_field(body, field);
    const bool taken_away = body.is_null(field.name) && field.fallback == "null";
    if (!value.isNull() || taken_away) fields[std::string(field.name)] = std::move(value);
  }
  return fields;
}

}  // namespace postern::handlers::kitsu
