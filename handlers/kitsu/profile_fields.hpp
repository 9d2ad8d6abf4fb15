#pragma once

#include <json/value.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "handlers/kitsu/reader.hpp"

namespace postern::handlers::kitsu {

/// One thing that the original keeps about a person and the account does not, by its name on the
/// wire.
struct ProfileField {
  enum class Form {
    Text,    ///< at most `most` characters, none of them a control character
    Word,    ///< 1 to `most` of A-Z, a-z, 0-9 and _ + - / .
    Flag,    ///< true or false
    Number,  ///< an integer from 0 to `most`
    Date,    ///< YYYY-MM-DD
    Id,      ///< a UUID
    Ids,     ///< a list of UUIDs, at most `most`, each once
    Object,  ///< JSON of at most `most` bytes
  };
  std::string_view name;
  Form form;
  std::int64_t most;
  std::string_view fallback;  ///< JSON: of a person for whom nothing is kept; null: can be null
  bool own;                   ///< a person may change it of himself
};

/// All together stay below what the store keeps (domain::kProfileLimit).
[[nodiscard]] std::span<const ProfileField> profile_fields();

/// The members of the body that are fields, checked, as they are to be kept: what is absent is not
/// there, nor, without `all`, is what a person may not change of himself. Null takes a value away
/// where there can be none. What is wrong is refused at the reader.
[[nodiscard]] Json::Value read_profile_fields(Reader& body, bool all);

}  // namespace postern::handlers::kitsu
