#include "handlers/kitsu/person_wish.hpp"

#include "domain/date.hpp"
#include "domain/default_password.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/person_object.hpp"
#include "handlers/kitsu/profile_fields.hpp"

namespace postern::handlers::kitsu {
namespace {

using domain::Errc;
using domain::Error;

constexpr std::string_view kExpirationDate = "expiration_date";

/// The first thing that is wrong, in whichever words it is said.
class WishReader {
 public:
  explicit WishReader(const Request& request) : body(request) {}

  void refuse(const Error& error) {
    if (!refusal_) refusal_ = kitsu::refusal(error);
  }
  [[nodiscard]] std::optional<Response> refusal() const {
    return body.refusal() ? body.refusal() : refusal_;
  }

  Reader body;

 private:
  std::optional<Response> refusal_;
};

std::optional<std::string> read_role(WishReader& reader) {
  auto role = reader.body.text("role");
  if (role && !is_role_word(*role)) reader.refuse({Errc::InvalidInput, "role", "unknown"});
  return role;
}

/// Its form, and that the day is not over. "" is as good as null: forms send it.
std::optional<std::string> read_end(WishReader& reader, const Services& services) {
  auto text = reader.body.text(kExpirationDate);
  if (!text || text->empty()) return std::nullopt;
  const auto day = domain::parse_date(*text);
  if (!day) {
    reader.refuse({Errc::InvalidInput, std::string(kExpirationDate), "invalid"});
  } else if (*day < std::chrono::floor<std::chrono::days>(services.domain.clock.now())) {
    reader.refuse({Errc::InvalidInput, std::string(kExpirationDate), "in_the_past"});
  }
  return text;
}

/// "" is no name, nor an address to take away: whole objects have it where there is none.
std::optional<std::string> read_name(Reader& body, std::string_view member) {
  auto name = body.text(member);
  return name && name->empty() ? std::nullopt : name;
}

std::optional<std::string> read_preferred_factor(Reader& body) {
  constexpr std::string_view kName = "preferred_two_factor_authentication";
  const auto word = read_name(body, kName);
  if (!word) return std::nullopt;
  if (*word == "fido") return "webauthn";
  if (*word != "totp" && *word != "email_otp")
    body.refuse(kName, "Input should be 'totp', 'email_otp' or 'fido'");
  return word;
}

std::optional<domain::Secret> read_password(Reader& body, const Services& services) {
  auto password = body.secret("password");
  if (password.empty()) return std::nullopt;
  if (services.settings.kitsu.claimable_persons && domain::is_default_password(password))
    return std::nullopt;
  return password;
}

}  // namespace

ReadWish read_new_person(const Request& request, const Services& services) {
  WishReader reader(request);
  auto& body = reader.body;
  PersonWish wish;
  wish.is_bot = body.boolean("is_bot").value_or(false);
  wish.email = read_name(body, "email");
  wish.desktop_login = read_name(body, "desktop_login");
  if (!wish.is_bot && !wish.email && !wish.desktop_login) body.refuse("email", "Field required");
  wish.role = read_role(reader);
  wish.active = body.boolean("active");
  wish.profile.fields = read_profile_fields(body, true);
  wish.ends_on = read_end(reader, services);
  wish.new_token = wish.is_bot;
  if (!wish.is_bot) wish.password = read_password(body, services);
  return {std::move(wish), reader.refusal()};
}

ReadWish read_person_change(const Request& request, const Services& services,
                            const Author& author) {
  WishReader reader(request);
  auto& body = reader.body;
  PersonWish wish;
  if (author.may_rename()) {
    wish.email = read_name(body, "email");
    wish.desktop_login = read_name(body, "desktop_login");
  }
  if (author.may_rule()) {
    wish.role = read_role(reader);
    wish.active = body.boolean("active");
  }
  wish.profile.fields = read_profile_fields(body, author.may_rule());
  if (author.is_self && !author.about_bot) wish.preferred_factor = read_preferred_factor(body);
  if (author.may_make_token() && body.has(kExpirationDate)) {
    wish.new_token = true;
    wish.ends_on = read_end(reader, services);
  }
  return {std::move(wish), reader.refusal()};
}

}  // namespace postern::handlers::kitsu
