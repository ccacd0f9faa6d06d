import Handfast
import HandfastCore
import HandfastCrypto
import HandfastTestKit
import Testing

@Suite("The scope of a session") struct SessionScopeTests {
  private let provider = DefaultCryptoProvider()

  private func scope(_ configuration: ServerConfiguration, id: [UInt8]? = nil) -> [UInt8]? {
    var configuration = configuration
    configuration.sessionScope = id
    return CurrentServerScope(configuration, provider).value
  }

  @Test func `differs with trust, policy and identities, and is the same for the same`() throws {
    let shared = try TestIdentities.shared
    let (trust, other) = (shared.trust, try DevelopmentPKI(name: "Other").trust)
    let (one, two) = (try shared.server(), try shared.server(.ed25519))
    let configurations = [
      ServerConfiguration(identity: one, clientAuthentication: .none),
      ServerConfiguration(identity: one, clientAuthentication: .optional(trust)),
      ServerConfiguration(identity: one, clientAuthentication: .required(trust)),
      ServerConfiguration(identity: one, clientAuthentication: .required(other)),
      ServerConfiguration(identity: two, clientAuthentication: .required(trust)),
      ServerConfiguration(identities: .these([one, two]), clientAuthentication: .required(trust)),
    ]
    let scopes = configurations.compactMap { scope($0) }
    #expect(scopes.count == configurations.count)
    #expect(scopes.allSatisfy { $0.count == SessionScope.byteCount })
    #expect(Set(scopes).count == scopes.count)
    #expect(configurations.compactMap { scope($0) } == scopes)
  }

  @Test func `with an id follows from it and the policy, so that servers with other certificates share sessions`()
    throws
  {
    let shared = try TestIdentities.shared
    let one = ServerConfiguration(identity: try shared.server(), clientAuthentication: .required(shared.trust))
    let two = ServerConfiguration(identity: try shared.server(.ed25519), clientAuthentication: .required(shared.trust))
    let lax = ServerConfiguration(identity: try shared.server(), clientAuthentication: .optional(shared.trust))
    #expect(scope(one, id: [1]) == scope(two, id: [1]))
    #expect(scope(one, id: [1]) != scope(lax, id: [1]))
    #expect(scope(one, id: [1]) != scope(one, id: [2]))
    #expect(scope(one, id: [1]) != scope(one))
    #expect(scope(one, id: [UInt8](repeating: 0, count: 65_536)) == nil)
  }

  @Test func `is unknown where the application judges or chooses, unless it gives an id`() throws {
    let shared = try TestIdentities.shared
    var asking = shared.trust
    asking.judgesInline = false
    let judged = ServerConfiguration(identity: try shared.server(), clientAuthentication: .required(asking))
    let asked = ServerConfiguration(identities: .asked, clientAuthentication: .none)
    for configuration in [judged, asked] {
      #expect(scope(configuration) == nil)
      #expect(scope(configuration, id: [1]) != nil)
    }
  }

  @Test func `of a trust follows from its roots, whatever their order`() throws {
    let (one, two) = (try DevelopmentPKI(name: "One"), try DevelopmentPKI(name: "Two"))
    let roots = [one.rootDER, two.rootDER]
    let both = try Trust(roots: roots).sessionScope
    #expect(both != nil)
    #expect(try both == Trust(roots: roots.reversed()).sessionScope)
    #expect(try both == Trust(roots: roots + roots).sessionScope)
    #expect(try both != Trust(roots: [roots[0]]).sessionScope)
    var strict = try Trust(roots: roots)
    strict.chainLength = 2
    #expect(strict.sessionScope != both)
    strict.judgesInline = false
    #expect(strict.sessionScope == nil)
  }
}
