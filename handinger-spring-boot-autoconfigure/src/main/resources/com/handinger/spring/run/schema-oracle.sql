create table handinger_runs (
	task_name varchar2(100) not null,
	task_instance varchar2(100 char) not null,
	task_data blob,
	execution_time timestamp(6) with time zone not null,
	picked number(1, 0) not null,
	picked_by varchar2(50),
	last_success timestamp(6) with time zone,
	last_failure timestamp(6) with time zone,
	consecutive_failures number(19, 0),
	last_heartbeat timestamp(6) with time zone,
	version number(19, 0) not null,
	task_id varchar2(255 char),
	primary key (task_name, task_instance)
);

create index handinger_runs_execution_time on handinger_runs (execution_time);

create index handinger_runs_last_heartbeat on handinger_runs (last_heartbeat);

create index handinger_runs_task_id on handinger_runs (task_id);
