import Foundation
import Handfast
import HandfastCore
import HandfastCrypto
import HandfastTestKit
import TestTurns
import Testing

@Suite("A fleet that shares its ticket keys", .inTurn) struct FleetTests {
  /// The client comes to one server after the other, as a balancer would have it.
  @Test(arguments: [Way.ticket, .preSharedKey])
  func `resumes every session through the rotations of key files`(way: Way) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("handfast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ server: Int, _ place: Int, _ mark: UInt8) throws -> String {
      let file = folder.appendingPathComponent("\(server)-\(place)")
      try Data((0..<80).map { mark &+ $0 }).write(to: file, options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      return file.path
    }

    var marks: [UInt8] = [1, 2]
    var meeting = try Meeting(way)
    meeting.setup.isTracing = false
    var keys: [FileTicketKeys] = []
    var servers: [TLSServer] = []
    for server in 0..<2 {
      let source = try FileTicketKeys(
        paths: [write(server, 1, marks[0]), write(server, 2, marks[1])], checkSeconds: 0)
      keys.append(source)
      meeting.setup.server.sessionTickets = .keys(source)
      servers.append(try meeting.setup.makeServer())
    }
    let client = try meeting.setup.makeClient()

    var connections = 0
    func connect(_ count: Int) throws {
      for _ in 0..<count {
        meeting.clock.advance(by: 1_000)
        // Three at a server, then the next: each gets tickets of its own and of the other's.
        try expectResumed(client, servers[connections / 3 % 2], connections == 0 ? false : true)
        connections += 1
      }
    }
    try connect(20)
    for round in 0..<16 {
      let fresh = UInt8(10 + round * 7)
      // The new key opens everywhere before it seals anywhere; and each server is a little behind the other.
      for order in [[marks[0], fresh], [fresh, marks[0]]] {
        for server in 0..<2 {
          for (place, mark) in order.enumerated() { _ = try write(server, place + 1, mark) }
          keys[server].reload()
          try connect(32)
        }
      }
      marks = [fresh, marks[0]]
    }
    #expect(connections == 20 + 16 * 4 * 32)
  }

  @Test func `resumes every session while one source of keys rotates and many connect at once`() async throws {
    var meeting = try Meeting()
    meeting.setup.isTracing = false
    // A new key every second; and time goes by with each connection.
    let keys = RotatingTicketKeys(
      provider: DefaultCryptoProvider(), interval: 1_000, retention: 60_000, at: meeting.clock.now())
    meeting.setup.server.sessionTickets = .keys(keys)
    let servers = try (0..<2).map { _ in try meeting.setup.makeServer() }
    let clock = meeting.clock
    let full = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<4 {
        var setup = meeting.setup
        setup.client.sessionStore = InMemoryClientSessions()
        let client = try setup.makeClient()
        group.addTask {
          var full = 0
          for count in 0..<500 {
            clock.advance(by: 25)
            let pair = InMemoryPair(
              client: client.connect(to: try ServerReference("localhost")),
              server: servers[(count + number) % 2].accept())
            pair.run()
            if pair.server.connection.negotiated?.isResumed != true { full += 1 }
          }
          return full
        }
      }
      return try await group.reduce(0, +)
    }
    // Each client's first.
    #expect(full == 4)
  }

  private func expectResumed(_ client: TLSClient, _ server: TLSServer, _ isResumed: Bool) throws {
    let pair = InMemoryPair(client: client.connect(to: try ServerReference("localhost")), server: server.accept())
    pair.run()
    let settled = pair.client.connection.negotiated
    #expect(settled?.isResumed == isResumed)
    let subject = pair.server.connection.peer?.presented.first?.subject
    #expect(subject == "CN=client")
  }
}
