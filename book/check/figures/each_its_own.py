"""A process or a thread for each connection, as the article starts them.

    python3 each_its_own.py process|thread PORT
"""
import socket
import sys
from multiprocessing import Process
from threading import Thread


def handle_client(connection):
    name = connection.recv(1024).decode().split(" ")[1]
    with open("./www" + name, "rb") as file:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + file.read())
    connection.close()


def main(kind, port):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    while True:
        connection, _ = listener.accept()
        {"process": Process, "thread": Thread}[kind](target=handle_client, args=(connection,)).start()
        if kind == "process":
            connection.close()  # the child has a copy of its own


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
