#pragma once

#include <string_view>

namespace postern::fuzz {

// A file each in targets/; what is promised stands there.
bool address(std::string_view input);
bool authorization_request(std::string_view input);
bool base64(std::string_view input);
bool basic_credentials(std::string_view input);
bool cbor(std::string_view input);
bool client_keys(std::string_view input);
bool client_metadata(std::string_view input);
bool compact_jwt(std::string_view input);
bool cookie(std::string_view input);
bool dpop_proof(std::string_view input);
bool fastcgi(std::string_view input);
bool flat_json(std::string_view input);
bool json(std::string_view input);
bool names(std::string_view input);
bool page(std::string_view input);
bool parameters(std::string_view input);
bool percent(std::string_view input);
bool redirect_uri(std::string_view input);
bool refresh_token(std::string_view input);
bool request_target(std::string_view input);
bool response_header(std::string_view input);
bool scope(std::string_view input);
bool url_normal_form(std::string_view input);
bool user_code(std::string_view input);

}  // namespace postern::fuzz
