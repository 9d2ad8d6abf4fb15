#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern::cli {

/// The parameters of a connection string, in either of libpq's forms (PostgreSQL manual, 34.1.1):
/// `host=… user=… password='…'` or `postgresql://user:password@host/dbname?…`. None for what cannot
/// be read without doubt; such a text is shown to nobody, since a password may be anywhere in it.
/// NOT checked: that libpq knows the parameters, or that a server is there.
using DatabaseParameters = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::optional<DatabaseParameters> parse_database_url(std::string_view url);

/// The last value of a parameter, as libpq takes it.
[[nodiscard]] std::optional<std::string> database_parameter(std::string_view url,
                                                            std::string_view name);

/// Who would log in: `user`, else $PGUSER, else this process's own user, as libpq does.
[[nodiscard]] std::string database_user(std::string_view url);

/// The same address with every password replaced by ********.
[[nodiscard]] std::string mask_database_url(std::string_view url);
inline constexpr std::string_view kMask = "********";

}  // namespace postern::cli
