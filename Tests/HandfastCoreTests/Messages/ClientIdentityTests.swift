import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire
import Testing

@Suite("Which certificate a client sends, and why not the others") struct ClientIdentityTests {
  private func run(
    _ request: CertificateRequest12, among identities: [Identity]
  ) throws -> (session: ClientTrial, choice: Choice?) {
    var setup = try Setup()
    setup.client.identities = .these(identities)
    let session = try ClientTrial(setup, asks: true)
    session.server.request = request
    #expect(try session.handshake())
    for case .chose(let choice) in session.endpoint.outcome.events where choice.subject == .clientIdentity {
      return (session, choice)
    }
    return (session, nil)
  }

  private func request(
    _ types: [ClientCertificateType] = [.ecdsaSign, .rsaSign], _ schemes: [SignatureScheme] = .recommended,
    _ authorities: [[UInt8]] = []
  ) -> CertificateRequest12 {
    CertificateRequest12(certificateTypes: types, signatureAlgorithms: schemes, authorities: authorities)
  }

  @Test("the first that fits is sent, and the next is told to be less preferred")
  func first() throws {
    let shared = try TestIdentities.shared
    let (session, choice) = try run(request(), among: [try shared.client(.ed25519), try shared.client()])
    #expect(session.server.clientChain == (try shared.client(.ed25519).chain))
    #expect(choice?.candidates.map(\.ruledOut) == [nil, .lessPreferred])
  }

  @Test("certificate_types rule kinds of keys out")
  func types() throws {
    let shared = try TestIdentities.shared
    let (session, choice) = try run(
      request([.rsaSign]), among: [try shared.client(), try shared.client(.rsa(bits: 2048))])
    #expect(session.server.clientChain == (try shared.client(.rsa(bits: 2048)).chain))
    #expect(choice?.candidates.map(\.ruledOut) == [.certificateTypeNotAccepted(.ecdsaSign), nil])
  }

  @Test("supported_signature_algorithms rule kinds of keys out")
  func schemes() throws {
    let shared = try TestIdentities.shared
    let (session, choice) = try run(
      request([.ecdsaSign], [.ecdsaSecp384r1SHA384]), among: [try shared.client(.ed25519), try shared.client()])
    #expect(session.server.clientChain == (try shared.client().chain))
    #expect(choice?.candidates.map(\.ruledOut) == [.noCommonSignatureScheme, nil])
    #expect(session.endpoint.outcome.negotiated?.clientSignatureScheme == .ecdsaSecp384r1SHA384)
  }

  @Test("certificate_authorities rule issuers out")
  func authorities() throws {
    let shared = try TestIdentities.shared
    let other = try DevelopmentPKI(name: "Other")
    let stranger = try other.issue(.client("stranger"))
    let (session, choice) = try run(
      request([.ecdsaSign], .recommended, shared.trust.authorities), among: [stranger, try shared.client()])
    #expect(session.server.clientChain == (try shared.client().chain))
    guard case .issuerNotAmongAuthorities(let issuer)? = choice?.candidates.first?.ruledOut else {
      Issue.record("\(String(describing: choice))")
      return
    }
    #expect(issuer.contains("Other"))
  }

  @Test("when none fits, an empty list is sent, and each candidate's reason is told")
  func none() throws {
    let shared = try TestIdentities.shared
    let (session, choice) = try run(request([.rsaSign]), among: [try shared.client(), try shared.client(.ed25519)])
    #expect(session.server.clientChain.isEmpty)
    #expect(choice?.chosen == nil)
    #expect(
      choice?.candidates.map(\.ruledOut) == [
        .certificateTypeNotAccepted(.ecdsaSign), .certificateTypeNotAccepted(.ecdsaSign),
      ])
    #expect(session.endpoint.outcome.ownIdentity == nil)
  }

  @Test("a request of unknown types and algorithms beside known ones is understood")
  func unknown() throws {
    let shared = try TestIdentities.shared
    let (session, _) = try run(
      request(
        [ClientCertificateType(rawValue: 200), .ecdsaSign],
        [SignatureScheme(rawValue: 0x4242), .ecdsaSecp256r1SHA256]), among: [try shared.client()])
    #expect(session.server.clientChain == (try shared.client().chain))
  }
}
