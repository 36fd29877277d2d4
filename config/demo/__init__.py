"""The demo city Yunhai: its proposals are filed and walked through the door by the demo accounts."""
