#include "domain/mail_link.hpp"
#include "domain/password_change.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/password_errors.hpp"
#include "handlers/kitsu/reader.hpp"

namespace postern::handlers::kitsu {
namespace {

using domain::Errc;
using domain::Secret;

/// Two different ones are told apart before anything is hashed.
struct NewPassword {
  Secret password, repeated;

  [[nodiscard]] bool agree() const { return password.equals(repeated.reveal()); }
};

NewPassword read_new_password(Reader& body, std::string_view repeated) {
  return {Secret(body.required_text("password")), Secret(body.required_text(repeated))};
}

Response no_match() {
  return refused_proof("Confirmation password doesn't match.");
}

}  // namespace

Response change_password(const Call& call, Services& services) {
  Reader body(call.request);
  const Secret old(body.required_text("old_password"));
  const auto wanted = read_new_password(body, "password_2");
  if (body.refusal()) return *body.refusal();
  if (!wanted.agree()) return no_match();
  const auto changed =
      domain::change_password(services.domain, call.principal->account.id, old, wanted.password,
                              call.principal->session, call.origin());
  return changed ? success() : password_refused(changed.error());
}

/// Whether the address is somebody's, or was asked about too often, is not told.
Response ask_for_reset(const Call& call, Services& services) {
  Reader body(call.request);
  const auto email = body.required_text("email");
  if (body.refusal()) return *body.refusal();
  const auto asked = domain::request_password_reset(services.domain, email, call.origin());
  if (!asked && asked.error().code == Errc::InvalidInput)
    return validation_error("email", "value is not a valid email address");
  return Response(200, "application/json", R"({"success":"Reset token sent"})");
}

Response reset_password(const Call& call, Services& services) {
  Reader body(call.request);
  const auto email = body.required_text("email");
  const Secret token(body.required_text("token"));
  const auto wanted = read_new_password(body, "password2");
  if (body.refusal()) return *body.refusal();
  if (!wanted.agree()) return no_match();
  const auto done =
      domain::reset_password(services.domain, token, wanted.password, call.origin(), email);
  return done ? success() : password_refused(done.error());
}

}  // namespace postern::handlers::kitsu
