import Foundation
import HandfastCore
import HandfastTrust
import Testing

/// C2SP's x509-limbo: chains that a validator must accept or refuse.
@Suite struct LimboTests {
  /// Where we differ, and why. Everything else must come out as the data says.
  static let exceptions: [String: [String]] = [
    "revocation lists and policy constraints are not processed": [
      "crl::crlnumber-critical", "crl::crlnumber-missing", "crl::issuer-missing-crlsign",
      "crl::revoked-certificate-with-crl", "rfc5280::pc::ica-noncritical-pc",
    ],
    "the depth limit is ours, not the caller's": [
      "pathlen::max-chain-depth-0-exhausted", "pathlen::max-chain-depth-1-exhausted",
    ],
    "TLS needs digitalSignature, which a bare authority's certificate lacks": [
      "pathlen::validation-ignores-pathlen-in-leaf", "rfc5280::ca-as-leaf",
    ],
    "the library refuses constraints on e-mail, directory and other names, whatever they say": [
      "rfc5280::nc::nc-forbids-othername-noop", "rfc5280::nc::nc-permits-email-domain",
      "rfc5280::nc::nc-permits-email-exact", "rfc5280::nc::nc-permits-email-literal-asterisk-exact-match",
      "rfc5280::nc::nc-permits-email-literal-double-asterisk", "rfc5280::nc::nc-permits-email-literal-mid-asterisk",
      "rfc5280::nc::permitted-dn-match", "rfc5280::nc::permitted-self-issued",
    ],
    "rules for authorities on how to write certificates, which endanger nobody when broken": [
      "rfc5280::aki::cross-signed-root-missing-aki", "rfc5280::aki::intermediate-missing-aki",
      "rfc5280::aki::leaf-missing-aki", "rfc5280::leaf-ku-keycertsign",
      "rfc5280::nc::invalid-dnsname-leading-period", "rfc5280::nc::not-allowed-in-ee-critical",
      "rfc5280::nc::not-allowed-in-ee-noncritical", "rfc5280::nc::permitted-dns-match-noncritical",
      "rfc5280::root-non-critical-basic-constraints", "rfc5280::san::noncritical-with-empty-subject",
      "rfc5280::san::underscore-dns", "rfc5280::serial::too-long", "rfc5280::serial::zero",
      "rfc5280::ski::intermediate-missing-ski", "rfc5280::ski::root-missing-ski",
    ],
    "rules of the CA/Browser Forum, for public authorities only": [
      "webpki::aki::root-with-aki-all-fields", "webpki::aki::root-with-aki-authoritycertissuer",
      "webpki::aki::root-with-aki-authoritycertserialnumber", "webpki::aki::root-with-aki-missing-keyidentifier",
      "webpki::aki::root-with-aki-ski-mismatch", "webpki::cn::case-mismatch", "webpki::cn::ipv4-hex-mismatch",
      "webpki::cn::ipv4-leading-zeros-mismatch", "webpki::cn::ipv6-non-rfc5952-mismatch",
      "webpki::cn::ipv6-uncompressed-mismatch", "webpki::cn::ipv6-uppercase-mismatch", "webpki::cn::not-in-san",
      "webpki::cn::punycode-not-in-san", "webpki::cn::utf8-vs-punycode-mismatch", "webpki::ee-basicconstraints-ca",
      "webpki::eku::ee-anyeku", "webpki::eku::ee-critical-eku", "webpki::eku::ee-without-eku",
      "webpki::eku::root-has-eku", "webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf",
      "webpki::forbidden-rsa-not-divisible-by-8-in-root", "webpki::malformed-aia",
      "webpki::nc::intermediate-permitted-excluded-subtrees-both-empty-sequences",
      "webpki::san::san-critical-with-nonempty-subject",
    ],
    "there is no list of public suffixes here": [
      "webpki::san::public-suffix-multi-label-wildcard-san",
      "webpki::san::public-suffix-private-namespace-wildcard-san",
    ],
  ]

  @Test func `x509-limbo's chains are judged as it expects, but for listed exceptions`() async throws {
    let known = Set(Self.exceptions.values.joined())
    for item in try Limbo.load().testcases {
      let refusal = try await item.judge()
      let agrees = (refusal == nil) == (item.expectedResult == "SUCCESS")
      #expect(
        agrees != known.contains(item.id), "\(item.id): \(refusal ?? "trusted"), expected \(item.expectedResult)")
    }
  }
}

struct Limbo: Decodable {
  struct Case: Decodable {
    struct Name: Decodable {
      let kind: String
      let value: String
    }
    let id: String
    let features: [String]
    let validationKind: String
    let trustedCerts: [String]
    let untrustedIntermediates: [String]
    let peerCertificate: String
    let validationTime: String?
    let expectedResult: String
    let expectedPeerName: Name?
  }
  let testcases: [Case]

  static func load() throws -> Limbo {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appending(path: "Vectors/x509-limbo/limbo.json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Limbo.self, from: data)
  }
}

extension Limbo.Case {
  /// Nil: trusted. Else why not.
  func judge() async throws -> String? {
    // Like `Trust.system()`: a root that cannot be used is left out.
    let usable = trustedCerts.flatMap(der).filter { (try? Trust(roots: [$0])) != nil }
    guard !usable.isEmpty else { return "no usable root" }
    var trust = try Trust(roots: usable)
    let time = try validationTime.map { try Date($0, strategy: .iso8601) } ?? .now
    trust.now = { Int64(time.timeIntervalSince1970) }
    let chain = ([peerCertificate] + untrustedIntermediates).flatMap(der)
    let isServer = validationKind == "SERVER"
    var reference: ServerReference?
    if isServer, let name = expectedPeerName {
      do { reference = try ServerReference(name.value) } catch { return "\(error)" }
    }
    let verdict = await trust.judge(
      PeerVerification(peer: isServer ? .server : .client, chain: chain, reference: reference))
    return verdict.rejection.map { "\($0.reason.rawValue) at \($0.position.map(String.init) ?? "-"): \($0.detail)" }
  }

  private func der(_ pem: String) -> [[UInt8]] {
    let base64 = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
    return Data(base64Encoded: base64).map { [Array($0)] } ?? []
  }
}
