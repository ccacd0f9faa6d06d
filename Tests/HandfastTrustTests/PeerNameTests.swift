import HandfastCore
import HandfastTrust
import Testing

@Suite struct PeerNameTests {
  private func peer(_ names: [String], isCA: Bool = false) async throws -> TrustedPeer {
    let pki = try DevelopmentPKI()
    var request = LeafRequest(commonName: "someone", names: names, purpose: .clientAuth)
    request.isCA = isCA
    return try expectTrusted(await pki.testTrust.client(try pki.issue(request).chain))
  }

  @Test func `each kind of name can be asked for`() async throws {
    let peer = try await peer([
      "URI:spiffe://example.org/web", "email:alice@example.org", "DNS:a.example.org", "DNS:b.example.org",
      "IP:192.0.2.1", "IP:2001:db8::1",
    ])
    #expect(peer.uris == ["spiffe://example.org/web"])
    #expect(peer.emailAddresses == ["alice@example.org"])
    #expect(peer.dnsNames == ["a.example.org", "b.example.org"])
    #expect(peer.certificate?.ipAddresses == ["192.0.2.1", "2001:db8::1"])
  }

  @Test func `a workload's SPIFFE ID has a trust domain and a path`() async throws {
    let id = try await peer(["URI:spiffe://example.org/ns/prod/sa/web", "DNS:a.example.org"]).spiffeID
    #expect(id.trustDomain == "example.org")
    #expect(id.path == "/ns/prod/sa/web")
    #expect("\(id)" == "spiffe://example.org/ns/prod/sa/web")
    #expect(id.isMember(of: "example.org") && !id.isMember(of: "other.example.org"))
  }

  @Test func `no URI, two of them, or another one make no SPIFFE ID`() async throws {
    for (names, error) in [
      (["DNS:a.example"], SPIFFEIDError.notOneURI(count: 0)),
      (["URI:spiffe://example.org/a", "URI:https://example.org"], .notOneURI(count: 2)),
      (["URI:https://example.org/a"], .otherScheme("https://example.org/a")),
      (["URI:spiffe://example.org"], .notAWorkload("spiffe://example.org")),
    ] {
      let peer = try await peer(names)
      #expect(throws: error) { try peer.spiffeID }
    }
    let authority = try await peer(["URI:spiffe://example.org/a"], isCA: true)
    #expect(throws: SPIFFEIDError.notAWorkload("spiffe://example.org/a")) { try authority.spiffeID }
  }

  @Test(arguments: [
    "", "spiffe", "spiffe:/a/b", "SPIFFE://example.org/a", "spiffe://", "spiffe:///a", "spiffe://Example.org/a",
    "spiffe://example.org:1/a", "spiffe://user@example.org/a", "spiffe://ex%61mple.org/a", "spiffe://example.org/",
    "spiffe://example.org/a/", "spiffe://example.org//a", "spiffe://example.org/./a", "spiffe://example.org/../a",
    "spiffe://example.org/a?b", "spiffe://example.org/a#b", "spiffe://example.org/%61", "spiffe://example.org/\u{fc}",
    "spiffe://example.org/a b", "spiffe://example.org/" + String(repeating: "a", count: 2048),
    "spiffe://" + String(repeating: "a", count: 256) + "/a",
  ])
  func `what only looks like a SPIFFE ID is none`(_ text: String) {
    #expect(throws: SPIFFEIDError.self) { try SPIFFEID(text) }
  }

  @Test(arguments: ["spiffe://example.org", "spiffe://a_b-c.1/A.b_C-1/...", "spiffe://1.2.3.4/x"])
  func `and these are some`(_ text: String) throws {
    #expect("\(try SPIFFEID(text))" == text)
  }
}
