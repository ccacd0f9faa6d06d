import HandfastCore
import HandfastTrust
import HandfastWire
import Testing

/// RFC 9525.
@Suite struct IdentityRuleTests {
  static let matches: [(String, String, Bool)] = [
    ("DNS:a.example.com", "a.example.com", true), ("DNS:a.example.com", "A.Example.COM", true),
    ("DNS:A.EXAMPLE.com", "a.example.com", true), ("DNS:a.example.com", "b.example.com", false),
    ("DNS:a.example.com", "a.example.com.", true), ("DNS:example.com", "a.example.com", false),
    ("DNS:*.example.com", "a.example.com", true), ("DNS:*.example.com", "a.b.example.com", false),
    ("DNS:*.example.com", "example.com", false), ("DNS:a*.example.com", "ab.example.com", false),
    ("DNS:*a.example.com", "ba.example.com", false), ("DNS:a.*.com", "a.example.com", false),
    ("DNS:*.*.com", "a.example.com", false), ("DNS:*", "localhost", false), ("DNS:*.com", "example.com", false),
    ("DNS:localhost", "localhost", true), ("DNS:xn--bcher-kva.example", "xn--bcher-kva.example", true),
    ("DNS:xn--bcher-kva.example", "XN--BCHER-KVA.example", true),
    ("DNS:*.example.com", "xn--bcher-kva.example.com", true),
    ("DNS:xn--*.example.com", "xn--bcher-kva.example.com", false),
    ("DNS:*.xn--p1ai.example", "a.xn--p1ai.example", true),
    ("DNS:**.example.com", "a.example.com", false),
    ("DNS:.example.com", "a.example.com", false), ("DNS:*.", "a", false),
    ("IP:127.0.0.1", "127.0.0.1", true), ("IP:127.0.0.1", "127.0.0.2", false), ("DNS:127.0.0.1", "127.0.0.1", false),
    ("IP:::1", "::1", true), ("IP:2001:db8::1", "2001:DB8:0::1", true), ("IP:::1", "127.0.0.1", false),
    ("URI:https://a.example.com", "a.example.com", false), ("email:a@example.com", "example.com", false),
  ]

  @Test(arguments: matches)
  func `names match as RFC 9525 says`(_ name: String, _ reference: String, _ isMatch: Bool) async throws {
    let pki = try DevelopmentPKI()
    let request = LeafRequest(commonName: "someone", names: [name], purpose: .serverAuth)
    let verdict = try await pki.testTrust.server(try pki.issue(request).chain, reference)
    #expect((verdict.trusted != nil) == isMatch, "\(verdict.rejection?.detail ?? "trusted")")
    if !isMatch { #expect([.wrongName, .noNames].contains(verdict.rejection?.reason)) }
  }

  @Test func `an internationalised name is wanted in A-labels, and the error says so`() {
    for name in ["b\u{fc}cher.example", "xn--bcher-kva.\u{e9}xample", "\u{ff41}.example"] {
      let error = #expect(throws: ConfigurationError.self) { try ServerReference(name) }
      #expect(error.map { "\($0)".contains("A-labels") } == true)
    }
  }

  @Test func `a certificate's name that is not ASCII matches nothing`() async throws {
    let pki = try DevelopmentPKI()
    let request = LeafRequest(commonName: "someone", names: ["DNS:\u{212a}.example"], purpose: .serverAuth)
    // The Kelvin sign, which lower case turns into a "k".
    let verdict = try? await pki.testTrust.server(try pki.issue(request).chain, "k.example")
    #expect(verdict?.trusted == nil)
  }

  @Test func `a name that stands only in the common name does not count, and the refusal says so`() async throws {
    let pki = try DevelopmentPKI()
    let without = try pki.issue(LeafRequest(commonName: "a.example", purpose: .serverAuth))
    let verdict = try await pki.testTrust.server(without.chain)
    try expectRefused(verdict, .noNames, at: 0)
    #expect(verdict.rejection?.detail.contains("common name") == true)

    let other = try pki.issue(LeafRequest(commonName: "a.example", names: ["DNS:b.example"], purpose: .serverAuth))
    let second = try await pki.testTrust.server(other.chain)
    try expectRefused(second, .wrongName, at: 0)
    #expect(second.rejection?.detail.contains("DNS:b.example") == true)
    #expect(second.rejection?.detail.contains("common name") == true)
  }

  @Test func `a certificate with an empty subject is trusted by its names`() async throws {
    let pki = try DevelopmentPKI()
    let identity = try pki.issue(LeafRequest(names: ["DNS:a.example"], purpose: .serverAuth))
    let peer = try expectTrusted(try await pki.testTrust.server(identity.chain))
    #expect(peer.presented[0].subject == "(empty name)")
  }

  @Test func `a client is not judged by name`() async throws {
    let pki = try DevelopmentPKI()
    try expectTrusted(await pki.testTrust.client(try pki.issue(.client("alice")).chain))
  }

  @Test func `what a peer writes cannot steer the terminal`() throws {
    let pki = try DevelopmentPKI()
    let identity = try pki.issue(.client("al\u{1b}[2Jice\u{202e}"))
    #expect(identity.certificates[0].subject == "CN=al\\u{1b}[2Jice\\u{202e}")
  }
}
