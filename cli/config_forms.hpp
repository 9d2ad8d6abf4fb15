#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postern::cli {

/// What the texts of postern.toml must look like. Each answers whether `text` has the form.

/// `http(s)://host[:port]`, lower case, no path, no trailing slash: it is compared byte for byte.
[[nodiscard]] bool is_issuer(std::string_view text);
/// `https`, or a host that is this machine's own.
[[nodiscard]] bool is_safe_issuer(std::string_view issuer);
/// `unix:/path` (path of at most 107 bytes), `tcp:address:port` with a numeric address, `fd:N`.
[[nodiscard]] bool is_listen_address(std::string_view text);
/// Four octal digits that give the owner reading and writing: "0660".
[[nodiscard]] bool is_socket_mode(std::string_view text);
[[nodiscard]] bool is_absolute_path(std::string_view text);
[[nodiscard]] bool is_absolute_path_or_empty(std::string_view text);
[[nodiscard]] bool is_log_file(std::string_view text);
[[nodiscard]] bool is_group_or_empty(std::string_view text);
[[nodiscard]] bool is_database_url(std::string_view text);
[[nodiscard]] bool is_database_url_or_empty(std::string_view text);
[[nodiscard]] bool is_role_name(std::string_view text);
[[nodiscard]] bool is_key_prefix(std::string_view text);
/// "", a path on this site (`/…`, not `//…`), or an http(s) address.
[[nodiscard]] bool is_sign_in_url(std::string_view text);
[[nodiscard]] bool is_realm(std::string_view text);
[[nodiscard]] bool is_method(std::string_view text);

/// What one space separates, in order; a space at the end adds nothing.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

}  // namespace postern::cli
