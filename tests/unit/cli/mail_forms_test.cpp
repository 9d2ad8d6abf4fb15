#include "cli/mail/mail_forms.hpp"

#include <gtest/gtest.h>

namespace postern::cli {
namespace {

TEST(MailForms, AServerHasASchemeAHostAndPerhapsAPort) {
  struct Case {
    const char* text;
    bool implicit;
    const char* host;
    int port;
  };
  for (const auto& [text, implicit, host, port] :
       {Case{"smtp://mail.example.org", false, "mail.example.org", 587},
        Case{"smtps://mail.example.org", true, "mail.example.org", 465},
        Case{"smtp://mail.example.org:2525", false, "mail.example.org", 2525},
        Case{"smtp://192.0.2.1:25", false, "192.0.2.1", 25},
        Case{"smtp://[2001:db8::1]", false, "[2001:db8::1]", 587},
        Case{"smtps://[2001:db8::1]:1465", true, "[2001:db8::1]", 1465}}) {
    const auto server = parse_mail_server(text);
    ASSERT_TRUE(server) << text;
    EXPECT_EQ(server->implicit_tls, implicit) << text;
    EXPECT_EQ(server->host, host) << text;
    EXPECT_EQ(server->port, port) << text;
  }
}

TEST(MailForms, NothingElseIsAServer) {
  for (const auto* text :
       {"", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://:25",
        "smtp://mail.example.org/", "smtp://mail.example.org:0", "smtp://mail.example.org:70000",
        "smtp://user@mail.example.org", "smtp://mail.example.org:25/x", "smtp://a b"}) {
    EXPECT_FALSE(parse_mail_server(text)) << text;
  }
}

TEST(MailForms, LoopbackIsKnown) {
  for (const auto* text : {"smtp://localhost:25", "smtp://127.0.0.1", "smtp://[::1]:25"})
    EXPECT_TRUE(parse_mail_server(text)->is_loopback()) << text;
  for (const auto* text : {"smtp://mail.example.org", "smtp://10.0.0.1", "smtp://[2001:db8::1]"})
    EXPECT_FALSE(parse_mail_server(text)->is_loopback()) << text;
}

TEST(MailForms, ASenderIsAnAddressWithPerhapsAName) {
  EXPECT_EQ(parse_mailbox("a@b.example")->address, "a@b.example");
  EXPECT_EQ(parse_mailbox("a@b.example")->name, "");
  EXPECT_EQ(parse_mailbox("Site of Ann <a@b.example>")->name, "Site of Ann");
  EXPECT_EQ(parse_mailbox("Site of Ann <a@b.example>")->address, "a@b.example");
  EXPECT_EQ(parse_mailbox("Zoë <a@b.example>")->name, "Zoë");
  for (const auto* text :
       {"", "a", "a@b.example>", "Ann <a@b.example", "Ann <a@b.example> x", "A\"nn <a@b.example>",
        "A\r\nBcc: x <a@b.example>", "A\\nn <a@b.example>", "A <b@c.example> <a@b.example>"}) {
    EXPECT_FALSE(parse_mailbox(text)) << text;
  }
}

TEST(MailForms, WhatCouldLeaveACommandOrAHeaderIsNoPlainAddress) {
  for (const auto* text : {"a@b", "a.b+c@d-e.example", "o'hara@example.org", "a_b@example.org"})
    EXPECT_TRUE(is_plain_address(text)) << text;
  for (const auto* text :
       {"", "@", "a@", "@b", "a@b@c", "a b@c.example", "a@b.example\r\nDATA", "a>@b.example",
        "a,b@c.example", "a;b@c.example", "\"a\"@b.example", "a(x)@b.example", "a@[192.0.2.1]",
        ".a@b.example", "a..b@c.example", "a.@b.example", "a@.b", "a@-b.example", "zoë@b.example"})
    EXPECT_FALSE(is_plain_address(text)) << text;
  EXPECT_FALSE(is_plain_address(std::string(65, 'a') + "@b.example"));
  EXPECT_FALSE(is_plain_address("a@" + std::string(254, 'b')));
}

TEST(MailForms, APageIsAbsoluteSafeAndWithoutAFragment) {
  for (const auto* text : {"", "https://site.example/reset", "https://site.example",
                           "https://site.example:8443/a?b=c", "http://localhost:8080/reset"})
    EXPECT_TRUE(is_page_url_or_empty(text)) << text;
  for (const auto* text :
       {"/reset", "site.example/reset", "http://site.example/reset", "https://site.example/#a",
        "javascript:alert(1)", "https://site.example/\"x", "https://site.example/<x",
        "https://site.example/a b", "https://user@site.example/", "https://site.example/\r\n"})
    EXPECT_FALSE(is_page_url_or_empty(text)) << text;
}

TEST(MailForms, NamesAndCredentialsAreOneLine) {
  EXPECT_TRUE(is_site_name("Zoës Höhle"));
  EXPECT_FALSE(is_site_name("two\nlines"));
  EXPECT_FALSE(is_site_name(std::string(65, 'x')));
  EXPECT_TRUE(is_mail_credential("a pass=word \"quoted\""));
  EXPECT_FALSE(is_mail_credential("two\r\nlines"));
  EXPECT_FALSE(is_mail_credential(std::string(257, 'x')));
}

}  // namespace
}  // namespace postern::cli
