import ArgumentParser
import Foundation
import Handfast
import HandfastInspect
import HandfastNIO
import HandfastTrust
import TestTurns
import Testing

@testable import HandfastCommands

@Suite(.timeLimit(.minutes(20)), .inTurn) struct ServeTests {
  @Test func `the web page says who the client is and what was negotiated`() async throws {
    let loopback = try Loopback()
    let (status, _) = try await loopback.serve(.web, connections: 2) { port, _ in
      let known = try await loopback.connect(port, as: loopback.client)
      let suite = "\(known.negotiated.cipherSuite)"
      let page = try await loopback.ask(known, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
      #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(page.contains("CN=alice") && page.contains(suite) && page.contains("\r\nConnection: close\r\n"))
      let body = try #require(page.firstRange(of: "\r\n\r\n"))
      #expect(page.contains("Content-Length: \(page[body.upperBound...].utf8.count)\r\n"))
      let unknown = try await loopback.connect(port)
      let json = try await loopback.ask(unknown, "GET / HTTP/1.1\r\nAccept: application/json\r\n\r\n")
      #expect(json.contains("\"cipherSuite\":\"\(suite)\"") && !json.contains("CN=alice"))
    }
    #expect(status == .success)
  }

  @Test(arguments: [
    ("HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK"), ("POST / HTTP/1.1\r\n\r\n", "HTTP/1.1 405 "),
    ("GET /\n\n", "HTTP/1.1 400 "), (String(repeating: "a", count: 40_000), "HTTP/1.1 431 "),
  ]) func `other requests get the answer that fits`(request: String, answer: String) async throws {
    let loopback = try Loopback()
    _ = try await loopback.serve(.web, connections: 1) { port, _ in
      let page = try await loopback.ask(try await loopback.connect(port), request)
      #expect(page.hasPrefix(answer))
      #expect(page.hasSuffix("\r\n\r\n") == request.hasPrefix("HEAD"))
    }
  }

  @Test(
    arguments: [
      ("a\r\n\r\nb", 5), ("a\n\nb", 3), ("a\n\r\nb", 4), ("a\r\n", nil), ("a\r\n\r", nil), ("\n", nil), ("", nil),
    ] as [(String, Int?)])
  func `a request's head ends at the blank line`(text: String, end: Int?) {
    #expect(WebAnswer.endOfHead(Array(text.utf8), from: 0) == end)
  }

  @Test func `a client that never ends its request is not waited for`() async throws {
    let loopback = try Loopback()
    _ = try await loopback.serve(.echo, connections: 1) { port, _ in
      let connection = try await loopback.connect(port)
      // Nobody sends a request here: the server echoes.
      await #expect {
        try await WebAnswer.converse(over: connection, Traffic(), within: .milliseconds(50))
      } throws: { error in
        status(of: error) == .timedOut
      }
      try await connection.close()
    }
  }

  @Test func `a command talks to the client, knows who it is, and sees the end of its input`() async throws {
    let loopback = try Loopback()
    let command = try ChildCommand(["sh", "-c", "cat; echo \"$HANDFAST_PEER_SUBJECT\""])
    let (status, _) = try await loopback.serve(.command(command), connections: 1) { port, _ in
      let connection = try await loopback.connect(port, as: loopback.client)
      #expect(try await loopback.ask(connection, "hello\n", thenCloses: true) == "hello\nCN=alice\n")
    }
    #expect(status == .success)
  }

  @Test func `a command that ends by itself ends the connection, and one that is not there is named`() async throws {
    let loopback = try Loopback()
    _ = try await loopback.serve(.command(try ChildCommand(["echo", "*", "$HOME"])), connections: 1) { port, _ in
      let connection = try await loopback.connect(port)
      #expect(try await loopback.ask(connection, "") == "* $HOME\n")
    }
    #expect {
      _ = try ChildCommand(["handfast-has-no-such-command"])
    } throws: { error in
      "\(error)".contains("handfast-has-no-such-command") && status(of: error) == .noInput
    }
  }

  @Test func `a command learns nothing that an earlier environment says of the peer`() async throws {
    let loopback = try Loopback()
    _ = try await loopback.serve(.echo, connections: 1) { port, _ in
      let connection = try await loopback.connect(port)
      let environment = ChildCommand.environment(for: connection, ["HANDFAST_PEER_SUBJECT": "CN=root", "PATH": "/bin"])
      #expect(environment["PATH"] == "/bin")
      // The server is this connection's peer.
      #expect(environment["HANDFAST_PEER_SUBJECT"] == connection.peer?.presented.first?.subject)
      #expect(environment["HANDFAST_ALPN"] == nil)
      try await connection.close()
    }
  }

  @Test func `an interrupt says goodbye to everyone and ends with success`() async throws {
    let loopback = try Loopback()
    let (status, _) = try await loopback.serve(.echo) { port, stop in
      let first = try await loopback.connect(port)
      let second = try await loopback.connect(port)
      try await first.write(Array("a".utf8))
      _ = try await first.read()
      try await second.write(Array("b".utf8))
      _ = try await second.read()
      stop()
      // Nil is a close_notify; an end without one would throw.
      #expect(try await first.read() == nil)
      #expect(try await second.read() == nil)
      try? await first.close()
      try? await second.close()
    }
    #expect(status == .success)
  }

  @Test func `the client's server_name chooses among several certificates`() async throws {
    let loopback = try Loopback(
      identities: ["a.example", "b.example"].map {
        LeafRequest(names: ["DNS:\($0)"], purpose: .serverAuth)
      })
    _ = try await loopback.serve(.echo, connections: 2) { port, _ in
      for name in ["b.example", "a.example"] {
        let connection = try await loopback.connect(port, to: name)
        #expect(connection.peer?.presented.first?.names == ["DNS:\(name)"])
        try await connection.close()
      }
    }
  }
}

@Suite(.timeLimit(.minutes(20)), .inTurn) struct ConnectionTraceTests {
  @Test func `a JSON trace holds every connection by its number, and the failure's diagnosis`() async throws {
    let loopback = try Loopback()
    let (status, text) = try await loopback.serve(.echo, connections: 2, trace: .json) { port, _ in
      let connection = try await loopback.connect(port)
      #expect(try await loopback.ask(connection, "hello", thenCloses: true) == "hello")
      let stranger = try DevelopmentPKI(name: "Stranger").trust
      _ = await #expect(throws: TLSFailure.self) { try await loopback.connect(port, trust: stranger) }
    }
    #expect(status == .refusedByPeer)
    let entries = try TraceFile.entries(in: text)
    #expect(Set(entries.map(\.connection)) == [1, 2])
    #expect(entries.allSatisfy { $0.side == .server })
    #expect(Set(entries.map(\.order)) == Set(entries.indices))
    #expect(entries.contains { if case .handshakeCompleted = $0.event { $0.connection == 1 } else { false } })
    let failure = try #require(entries.last { if case .failed = $0.event { true } else { false } })
    #expect(failure.connection == 2 && failure.diagnosis != nil)
  }

  @Test func `a text trace tells each step once, the end after the handshake`() async throws {
    let loopback = try Loopback()
    let (_, text) = try await loopback.serve(.echo, connections: 1, trace: .text) { port, _ in
      _ = try await loopback.ask(try await loopback.connect(port, as: loopback.client), "hello", thenCloses: true)
    }
    #expect(text.contains("connection 1, with 127.0.0.1:"))
    let numbers = text.split(separator: "\n").filter { $0.hasPrefix("━━ ") }
      .compactMap { Int($0.split(separator: " ")[1]) }
    #expect(numbers.count > 12)
    #expect(numbers == Array(1...numbers.count))
    #expect(!text.contains("\u{1b}"))
  }

  @Test func `a trace that cannot be written is refused at the start`() {
    #expect {
      _ = try TraceWriter(.json, path: "/nowhere/trace.jsonl")
    } throws: { error in
      "\(error)".contains("/nowhere/trace.jsonl") && status(of: error) == .cannotCreate
    }
  }

  @Test func `SSLKEYLOGFILE is honoured beside --keylog, and an empty one is none`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("handfast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let options = try ConnectionOptions.parse(["--keylog", folder.appendingPathComponent("a").path])
    let logs = try #require(
      try options.secretSink(["SSLKEYLOGFILE": folder.appendingPathComponent("b").path]) as? KeyLogs)
    #expect(logs.logs.map { ($0.path as NSString).lastPathComponent } == ["a", "b"])
    #expect(try ConnectionOptions.parse([]).secretSink(["SSLKEYLOGFILE": ""]) == nil)
    #expect {
      _ = try ConnectionOptions.parse([]).secretSink(["SSLKEYLOGFILE": "/nowhere/log"])
    } throws: { error in
      status(of: error) == .cannotCreate
    }
  }
}
