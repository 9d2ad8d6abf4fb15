#include "cli/mail/smtp_sender.hpp"

#include <curl/curl.h>

#include <array>
#include <mutex>
#include <new>
#include <stdexcept>

#include "cli/mail/smtp_dialogue.hpp"

namespace postern::cli {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kTotalSeconds = 60;

struct FreeEasy {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FreeMime {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using List = std::unique_ptr<curl_slist, FreeList>;
using Mime = std::unique_ptr<curl_mime, FreeMime>;

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
      throw std::runtime_error("libcurl cannot be used");
  });
}

void check(CURLcode code) {
  if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
}

template <class Value>
void set(CURL* curl, CURLoption option, Value value) {
  check(curl_easy_setopt(curl, option, value));
}

void append(List& list, const std::string& text) {
  auto* longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  (void)list.release();
  list.reset(longer);
}

int overhear(CURL* /*curl*/, curl_infotype type, char* data, std::size_t size, void* context) {
  auto& dialogue = *static_cast<SmtpDialogue*>(context);
  if (type == CURLINFO_HEADER_OUT) dialogue.said({data, size});
  if (type == CURLINFO_HEADER_IN) dialogue.heard({data, size});
  return 0;
}

std::size_t ignore(char* /*data*/, std::size_t size, std::size_t count, void* /*context*/) {
  return size * count;
}

void add_part(curl_mime* mime, const std::string& text, const char* type) {
  auto* part = curl_mime_addpart(mime);
  if (part == nullptr) throw std::bad_alloc();
  const std::string lines = with_crlf(text);
  check(curl_mime_data(part, lines.data(), lines.size()));
  check(curl_mime_type(part, type));
  check(curl_mime_encoder(part, "quoted-printable"));
}

/// Plain text and HTML of the same letter: the reader's program takes the last that it can show.
Mime alternatives(CURL* curl, const LetterText& letter) {
  Mime mime(curl_mime_init(curl));
  if (!mime) throw std::bad_alloc();
  add_part(mime.get(), letter.text, "text/plain; charset=utf-8");
  add_part(mime.get(), letter.html, "text/html; charset=utf-8");
  return mime;
}

void set_encryption(CURL* curl, const MailTransport& transport) {
  set(curl, CURLOPT_USE_SSL, static_cast<long>(transport.tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  set(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  set(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  set(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!transport.ca_file.empty()) {
    set(curl, CURLOPT_CAINFO, transport.ca_file.c_str());
    set(curl, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
}

void set_server(CURL* curl, const MailTransport& transport) {
  const auto server = parse_mail_server(transport.server).value();
  const std::string url = (server.implicit_tls ? "smtps://" : "smtp://") + server.host + ":" +
                          std::to_string(server.port);
  set(curl, CURLOPT_URL, url.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(curl, CURLOPT_PROXY, "");  // whatever the environment says
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  set(curl, CURLOPT_TIMEOUT, kTotalSeconds);
  set(curl, CURLOPT_WRITEFUNCTION, ignore);
  set_encryption(curl, transport);
  if (transport.username.empty()) return;
  set(curl, CURLOPT_USERNAME, transport.username.c_str());
  set(curl, CURLOPT_PASSWORD, std::string(transport.password.reveal()).c_str());
}

}  // namespace

struct SmtpSender::Impl {
  const MailTransport& transport;
  Mailbox from;
  Easy curl;

  [[nodiscard]] domain::Delivery send(const Message& message, domain::Instant now);
};

domain::Delivery SmtpSender::Impl::send(const Message& message, domain::Instant now) {
  using Outcome = domain::Delivery::Outcome;
  if (!is_plain_address(message.to)) return {Outcome::Never, "no address that mail can be sent to"};
  SmtpDialogue dialogue;
  std::array<char, CURL_ERROR_SIZE> error{};
  List headers, recipients;
  for (const auto& line : headers_of(message, from, now)) append(headers, line);
  append(headers, "Content-Type: multipart/alternative");  // curl adds the boundary
  append(recipients, "<" + message.to + ">");
  curl_easy_reset(curl.get());  // keeps the connection
  const Mime mime = alternatives(curl.get(), message.content);
  set_server(curl.get(), transport);
  set(curl.get(), CURLOPT_ERRORBUFFER, error.data());
  set(curl.get(), CURLOPT_VERBOSE, 1L);
  set(curl.get(), CURLOPT_DEBUGFUNCTION, overhear);
  set(curl.get(), CURLOPT_DEBUGDATA, &dialogue);
  set(curl.get(), CURLOPT_MAIL_FROM, ("<" + from.address + ">").c_str());
  set(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
  set(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  set(curl.get(), CURLOPT_MIMEPOST, mime.get());
  const CURLcode code = curl_easy_perform(curl.get());
  curl_easy_reset(curl.get());  // nothing of this letter is referred to any more
  if (code == CURLE_OK) return {};
  if (dialogue.recipient_refused()) return {Outcome::Never, dialogue.refusal()};
  const std::string refusal = dialogue.refusal();
  if (!refusal.empty()) return {Outcome::Later, refusal};
  return {Outcome::Later, error.front() != '\0' ? error.data() : curl_easy_strerror(code)};
}

SmtpSender::SmtpSender(const MailTransport& transport) {
  start_curl();
  Easy curl(curl_easy_init());
  if (!curl) throw std::bad_alloc();
  impl_ = std::make_unique<Impl>(
      Impl{transport, parse_mailbox(transport.from).value(), std::move(curl)});
}

SmtpSender::~SmtpSender() = default;

domain::Delivery SmtpSender::send(const Message& message, domain::Instant now) {
  return impl_->send(message, now);
}

}  // namespace postern::cli
