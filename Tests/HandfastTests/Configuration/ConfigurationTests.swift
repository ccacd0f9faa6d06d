import Handfast
import HandfastTestKit
import Testing

@Suite("A configuration that cannot be used") struct ConfigurationTests {
  private func clientError(_ change: (inout ClientConfiguration) -> Void) throws -> ConfigurationError? {
    var setup = try Setup()
    change(&setup.client)
    do throws(ConfigurationError) { _ = try TLSClient(setup.client) } catch { return error }
    return nil
  }

  private func serverError(_ change: (inout ServerConfiguration) -> Void) throws -> ConfigurationError? {
    var setup = try Setup()
    change(&setup.server)
    do throws(ConfigurationError) { _ = try TLSServer(setup.server) } catch { return error }
    return nil
  }

  @Test("has no suites, groups or signatures, or such that are not supported")
  func lists() throws {
    let (suite, group, scheme) = (
      CipherSuite(rawValue: 0x1304), NamedGroup(rawValue: 0x001e), SignatureScheme(rawValue: 0x0203)
    )
    #expect(try clientError { $0.cipherSuites = [] } == .noCipherSuites)
    #expect(try serverError { $0.cipherSuites = [] } == .noCipherSuites)
    #expect(try clientError { $0.cipherSuites.append(suite) } == .unsupportedCipherSuite(suite))
    #expect(try serverError { $0.cipherSuites.append(suite) } == .unsupportedCipherSuite(suite))
    #expect(try clientError { $0.cipherSuites = [.fallbackSCSV] } == .unsupportedCipherSuite(.fallbackSCSV))
    #expect(try clientError { $0.groups = [] } == .noGroups)
    #expect(try serverError { $0.groups = [] } == .noGroups)
    #expect(try clientError { $0.groups.append(group) } == .unsupportedGroup(group))
    #expect(try serverError { $0.groups.append(group) } == .unsupportedGroup(group))
    #expect(try clientError { $0.signatureSchemes = [] } == .noSignatureSchemes)
    #expect(try serverError { $0.signatureSchemes = [] } == .noSignatureSchemes)
    #expect(try clientError { $0.signatureSchemes.append(scheme) } == .unsupportedSignatureScheme(scheme))
    #expect(try serverError { $0.signatureSchemes.append(scheme) } == .unsupportedSignatureScheme(scheme))
  }

  @Test("has an application protocol that no message can carry")
  func applicationProtocols() throws {
    let long = String(repeating: "a", count: 256)
    #expect(try clientError { $0.applicationProtocols = [""] } == .invalidApplicationProtocol(""))
    #expect(try serverError { $0.applicationProtocols = ["h2", ""] } == .invalidApplicationProtocol(""))
    #expect(try clientError { $0.applicationProtocols = [long] } == .invalidApplicationProtocol(long))
    #expect(try clientError { $0.applicationProtocols = [String(long.dropLast())] } == nil)
    let many = (0..<300).map { "\($0)" + String(repeating: "a", count: 250) }
    guard case .invalidApplicationProtocol? = try clientError({ $0.applicationProtocols = many }) else {
      Issue.record("76 kB of protocol names were taken")
      return
    }
  }

  @Test("has no identity for a server, an empty chain, or one too large for a message")
  func identities() throws {
    let shared = try TestIdentities.shared
    func error(_ identities: [Identity]) -> ConfigurationError? {
      let configuration = ServerConfiguration(identities: .these(identities), clientAuthentication: .none)
      do throws(ConfigurationError) { _ = try TLSServer(configuration) } catch { return error }
      return nil
    }
    func identity(_ chain: [[UInt8]]) -> Identity {
      Identity(chain: chain, certificates: [], keyKind: .ed25519, issuerNames: [], dnsNames: [], key: nil)
    }
    #expect(error([]) == .noServerIdentity)
    #expect(error([try shared.server(), identity([])]) == .chainTooLarge(identity([]).label))
    let huge = identity([[UInt8]](repeating: [UInt8](repeating: 0, count: 1 << 20), count: 16))
    #expect(error([huge]) == .chainTooLarge(huge.label))
    #expect(try clientError { $0.identities = .these([huge]) } == .chainTooLarge(huge.label))
    #expect(try clientError { $0.identities = .these([]) } == nil)
  }

  @Test("asks for records of a length that RFC 6066 does not have")
  func fragmentLength() throws {
    let length = MaxFragmentLength(rawValue: 9)
    #expect(try clientError { $0.maxFragmentLength = length } == .invalidMaxFragmentLength(length))
  }

  @Test("names more authorities than a CertificateRequest carries, unless it keeps them back")
  func authorities() throws {
    struct ManyAuthorities: PeerTrust {
      let authorities = [[UInt8]](repeating: [UInt8](repeating: 0x30, count: 998), count: 66)
      func judgeInline(_ request: PeerVerification) -> Verdict? { nil }
    }
    var configuration = ServerConfiguration(
      identity: try TestIdentities.shared.server(), clientAuthentication: .required(ManyAuthorities()))
    #expect(throws: ConfigurationError.tooManyAuthorities(byteCount: 66_000)) { _ = try TLSServer(configuration) }
    configuration.announcesAuthorities = false
    _ = try TLSServer(configuration)
  }

  @Test("says what to change, in one line")
  func descriptions() {
    let errors: [ConfigurationError] = [
      .invalidServerName("a b"), .noCipherSuites, .unsupportedCipherSuite(.fallbackSCSV),
      .rsaKeyTransportNotAllowed(.rsaWithAES128GCMSHA256), .noGroups, .unsupportedGroup(.x25519), .noSignatureSchemes,
      .unsupportedSignatureScheme(.ed25519), .invalidApplicationProtocol(""), .noServerIdentity,
      .tooManyAuthorities(byteCount: 70_000), .invalidMaxFragmentLength(.bytes512), .invalidLimit("chainLength"),
      .chainTooLarge("x"),
    ]
    for error in errors {
      #expect(error.description.count > 20)
      #expect(!error.description.contains("\n"))
    }
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}
